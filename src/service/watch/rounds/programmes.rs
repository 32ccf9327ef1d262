//! Lists of root programmes by address, imported as files are.

use jiff::{SignedDuration, Timestamp};

use super::{Rounds, StepError, here};
use crate::fetch::{Outcome, Request};
use crate::service::import::{ImportRequest, import};

/// A list that is fetched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeSource {
    /// The programme's name, as for `trust import`.
    pub name: String,
    pub url: String,
    #[serde(default = "daily")]
    pub every_hours: u16,
}

fn daily() -> u16 {
    24
}

impl ProgrammeSource {
    pub(super) fn every(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.every_hours.max(1)))
    }
}

impl Rounds {
    pub(super) async fn import(
        &mut self,
        source: &ProgrammeSource,
        now: Timestamp,
    ) -> Result<String, StepError> {
        let Some(fetcher) = &self.fetcher else {
            return Err(StepError::Other(
                "nothing is fetched in this run".to_owned(),
            ));
        };
        let url = url::Url::parse(&source.url)
            .map_err(|error| StepError::Other(format!("{}: {error}", source.url)))?;
        let request = Request {
            url: url.as_str(),
            validators: None,
            accept: "*/*",
        };
        let answer = fetcher.get(&request).await?;
        let Outcome::Fresh(body) = answer.outcome else {
            let status = answer.hops.last().map_or(0, |hop| hop.status);
            return Err(StepError::Other(format!("the site answered {status}")));
        };
        // The import reads files, whose names tell it the format.
        let name = url
            .path_segments()
            .and_then(|mut parts| parts.next_back().map(str::to_owned))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "list".to_owned());
        let folder = self
            .instance
            .path
            .with_file_name("imports")
            .join(&source.name);
        let path = folder.join(name.replace(['/', '\\'], "_"));
        let io = |source| StepError::Io {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(io)?;
        std::fs::write(&path, &body.bytes).map_err(io)?;
        let request = ImportRequest {
            programme: source.name.clone(),
            paths: vec![path.clone()],
            seen: now,
            now,
        };
        let store = &mut self.instance.store;
        let report = here(|| import(&request, store))?;
        Ok(format!("{} changes", report.events().count()))
    }
}
