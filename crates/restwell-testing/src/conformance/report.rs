use std::fmt;

use restwell_views::Declaration;

/// What a [`Conformance`](crate::Conformance) found.
#[derive(Debug, Default)]
#[must_use]
pub struct Report {
    /// How many requests were sent.
    pub checked: usize,
    /// Where more is answered than declared.
    pub findings: Vec<Finding>,
    /// Routes that need rows which there are none of.
    pub unchecked: Vec<String>,
}

/// A route that answers more than its rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Method and pattern.
    pub route: String,
    /// The action.
    pub action: &'static str,
    /// The rule.
    pub rule: String,
    /// Who asked.
    pub principal: String,
    /// Which row it was about.
    pub case: String,
    /// What is wrong.
    pub found: String,
}

impl Report {
    /// Passes when nothing was found and nothing was left out.
    ///
    /// # Panics
    /// With the whole report otherwise.
    #[track_caller]
    pub fn assert_sound(&self) {
        let is_sound = self.findings.is_empty() && self.unchecked.is_empty() && self.checked > 0;
        assert!(is_sound, "{self}");
    }

    pub(super) fn unchecked(&mut self, declaration: &Declaration<'_>) {
        let route = format!("{} {}", declaration.method, declaration.path());
        self.unchecked.push(route);
    }

    /// A finding in which only what is wrong is left out.
    pub(super) fn about(
        &self,
        declaration: &Declaration<'_>,
        principal: &str,
        case: &str,
    ) -> Finding {
        Finding {
            route: format!("{} {}", declaration.method, declaration.path()),
            action: declaration.action.name(),
            rule: declaration.rule(),
            principal: principal.to_owned(),
            case: case.to_owned(),
            found: String::new(),
        }
    }
}

impl Finding {
    /// Adds the finding to `report`.
    pub(super) fn tell(&self, report: &mut Report, found: String) {
        let found = Self {
            found,
            ..self.clone()
        };
        if !report.findings.contains(&found) {
            report.findings.push(found);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (checked, found) = (self.checked, self.findings.len());
        writeln!(
            f,
            "{checked} requests, {found} of them answered with more than is declared"
        )?;
        let mut route = "";
        for finding in &self.findings {
            if finding.route != route {
                route = &finding.route;
                writeln!(f, "\n{route}  {}: {}", finding.action, finding.rule)?;
            }
            let (principal, case) = (&finding.principal, &finding.case);
            let space = if case.is_empty() { "" } else { " " };
            writeln!(f, "  as {principal}{space}{case}: {}", finding.found)?;
        }
        for route in &self.unchecked {
            writeln!(
                f,
                "\n{route} was not asked: there are no rows for the keys in its path"
            )?;
        }
        Ok(())
    }
}
