use restwell_db::Kind;

/// What is known about a field of a serializer: for `OPTIONS`, for `?fields=`, for schemas.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldMeta {
    /// The name on the wire.
    pub name: &'static str,
    /// The type.
    pub kind: FieldKind,
    /// Whether a create must have it.
    pub required: bool,
    /// Whether it is ignored in an input.
    pub read_only: bool,
    /// Whether null is a value.
    pub nullable: bool,
    /// Whether the empty text is a value.
    pub allow_blank: bool,
    /// Whether the empty list or dictionary is a value.
    pub allow_empty: bool,
    /// Whether space around a text is taken off.
    pub trim: bool,
    /// Whether it can be set by a create alone.
    pub create_only: bool,
    /// The longest text.
    pub max_length: Option<u64>,
    /// The shortest text.
    pub min_length: Option<u64>,
    /// The greatest number of digits of a decimal.
    pub max_digits: Option<u64>,
    /// The greatest number of digits of a decimal behind the point.
    pub decimal_places: Option<u64>,
    /// What a person should know about it.
    pub help_text: &'static str,
}

/// The type of a field, in DRF's words for `OPTIONS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names of the types")]
pub enum FieldKind {
    String,
    Integer,
    Float,
    Decimal,
    Boolean,
    DateTime,
    Date,
    Time,
    Duration,
    Uuid,
    Choice(&'static [&'static str]),
    List,
    /// Values by keys that the client chooses.
    Dict,
    Json,
    /// A key of another model, or several.
    Related,
    /// An object of another serializer, or several.
    Nested,
    /// Computed for the answer.
    Method,
}

impl FieldMeta {
    /// A field that a create must have.
    pub const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            kind,
            required: true,
            read_only: false,
            nullable: false,
            allow_blank: false,
            allow_empty: true,
            trim: true,
            create_only: false,
            max_length: None,
            min_length: None,
            max_digits: None,
            decimal_places: None,
            help_text: "",
        }
    }

    /// A create may leave it out.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// An input cannot set it.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self.required = false;
        self
    }

    /// Null is a value.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The empty text is a value.
    #[must_use]
    pub const fn allow_blank(mut self) -> Self {
        self.allow_blank = true;
        self
    }

    /// The empty list or dictionary is no value.
    #[must_use]
    pub const fn not_empty(mut self) -> Self {
        self.allow_empty = false;
        self
    }

    /// Space around a text stays.
    #[must_use]
    pub const fn untrimmed(mut self) -> Self {
        self.trim = false;
        self
    }

    /// A create alone can set it.
    #[must_use]
    pub const fn create_only(mut self) -> Self {
        self.create_only = true;
        self
    }

    /// A text or list of so many characters or elements at least.
    #[must_use]
    pub const fn min_length(mut self, least: u64) -> Self {
        self.min_length = Some(least);
        self
    }

    /// A text or list of so many characters or elements at most.
    #[must_use]
    pub const fn max_length(mut self, most: u64) -> Self {
        self.max_length = Some(most);
        self
    }

    /// A decimal of so many digits at most.
    #[must_use]
    pub const fn max_digits(mut self, most: u64) -> Self {
        self.max_digits = Some(most);
        self
    }

    /// A decimal of so many digits behind the point at most.
    #[must_use]
    pub const fn decimal_places(mut self, most: u64) -> Self {
        self.decimal_places = Some(most);
        self
    }

    /// What a person should know about it.
    #[must_use]
    pub const fn help_text(mut self, text: &'static str) -> Self {
        self.help_text = text;
        self
    }

    /// The elements of this list or dictionary.
    pub(crate) const fn element(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self.allow_empty = true;
        self
    }

    /// The field as `OPTIONS` tells of it.
    pub fn describe(&self) -> serde_json::Value {
        let mut about = serde_json::json!({
            "type": self.kind.name(),
            "required": self.required && !self.read_only,
            "read_only": self.read_only,
            "label": label(self.name),
        });
        if let FieldKind::Choice(values) = self.kind {
            let choices: Vec<_> = values
                .iter()
                .map(|value| serde_json::json!({"value": value, "display_name": label(value)}))
                .collect();
            about["choices"] = choices.into();
        }
        for (key, value) in [
            ("min_length", self.min_length),
            ("max_length", self.max_length),
        ] {
            if let Some(value) = value {
                about[key] = value.into();
            }
        }
        if self.nullable {
            about["allow_null"] = true.into();
        }
        if !self.help_text.is_empty() {
            about["help_text"] = self.help_text.into();
        }
        about
    }
}

fn label(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

impl FieldKind {
    /// The type of a field that shows a column.
    pub const fn of_column(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Boolean,
            Kind::SmallInt | Kind::Integer | Kind::BigInt => Self::Integer,
            Kind::Float => Self::Float,
            Kind::Uuid => Self::Uuid,
            Kind::DateTime => Self::DateTime,
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Decimal => Self::Decimal,
            Kind::Json => Self::Json,
            Kind::Choice(values) => Self::Choice(values),
            _ => Self::String,
        }
    }

    /// DRF's name of the type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::DateTime => "datetime",
            Self::Date => "date",
            Self::Time => "time",
            Self::Uuid => "uuid",
            Self::Choice(_) => "choice",
            Self::List => "list",
            Self::Json | Self::Method | Self::Duration => "field",
            Self::Related => "related",
            Self::Nested | Self::Dict => "nested object",
        }
    }
}
