/// Rows of a list, and where the others are.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The rows.
    pub rows: Vec<M>,
    /// Where the others are; none where the list is not paginated and these are all.
    pub info: Option<PageInfo>,
}

/// What an answer says of a page apart from its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInfo {
    /// How many rows the list has.
    pub total: Total,
    /// The absolute URL of the next page.
    pub next: Option<String>,
    /// The absolute URL of the previous page.
    pub previous: Option<String>,
}

/// How many rows a list has, as far as anybody counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Total {
    /// So many.
    Exact(i64),
    /// So many or more: counting ended there.
    AtLeast(i64),
    /// The view does not count; `count` is null in the answer.
    Unknown,
    /// The pages have no count; there is no `count` in the answer.
    Absent,
}

impl Total {
    /// The `count` of the answer: none where there is no such member, `Some(None)` for null.
    pub fn count(self) -> Option<Option<i64>> {
        match self {
            Self::Exact(count) | Self::AtLeast(count) => Some(Some(count)),
            Self::Unknown => Some(None),
            Self::Absent => None,
        }
    }
}
