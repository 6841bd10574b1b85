use restwell_core::Action;

/// Some of the standard actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actions(u8);

const STANDARD: [Action; 6] = [
    Action::List,
    Action::Retrieve,
    Action::Create,
    Action::Update,
    Action::PartialUpdate,
    Action::Destroy,
];

impl Actions {
    /// None of them: a viewset of extra actions alone.
    pub const NONE: Self = Self(0);
    /// Only list.
    pub const LIST: Self = Self(1);
    /// Only retrieve.
    pub const RETRIEVE: Self = Self(1 << 1);
    /// Only create.
    pub const CREATE: Self = Self(1 << 2);
    /// Only PUT.
    pub const UPDATE: Self = Self(1 << 3);
    /// Only PATCH.
    pub const PARTIAL_UPDATE: Self = Self(1 << 4);
    /// Only destroy.
    pub const DESTROY: Self = Self(1 << 5);
    /// List and retrieve.
    pub const READ_ONLY: Self = Self::LIST.or(Self::RETRIEVE);
    /// Create, PUT, PATCH and destroy.
    pub const WRITES: Self = Self::CREATE
        .or(Self::UPDATE)
        .or(Self::PARTIAL_UPDATE)
        .or(Self::DESTROY);
    /// All of them.
    pub const ALL: Self = Self(0b11_1111);

    /// These and `others`.
    #[must_use]
    pub const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether `action` is among them.
    pub fn contains(self, action: Action) -> bool {
        STANDARD
            .iter()
            .position(|standard| *standard == action)
            .is_some_and(|place| self.0 & (1 << place) != 0)
    }

    /// The actions.
    pub fn iter(self) -> impl Iterator<Item = Action> {
        STANDARD
            .into_iter()
            .filter(move |action| self.contains(*action))
    }
}
