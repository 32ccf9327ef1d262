//! What the command line accepts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

/// Judge signed packages offline: who signed, under which root, and what is missing.
#[derive(Debug, Parser)]
#[command(name = "anchorwatch", version, about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge packages; the exit code is that of the worst verdict
    Check(CheckArguments),
    /// Show every signature, certificate and path of a file, without judging it for a vendor
    Show(ShowArguments),
    /// Read advisories (CSAF)
    Csaf(CsafArguments),
    /// List the formats that are judged, and those that cannot be
    Formats(FormatsArguments),
    /// Read and keep the trust that packages are judged by
    #[command(subcommand)]
    Trust(super::trust::TrustCommand),
    /// Ask that a vendor's key be trusted
    Propose(super::propose::ProposeArguments),
    /// Ask that the signer of a file be recognised as a vendor's, under the shared root it has
    Pin(super::pin::PinArguments),
    /// Confirm what somebody asked for, by the fingerprint that was read out
    Confirm(super::confirm::ConfirmArguments),
    /// Close a proposal without doing what it asks
    Reject(super::confirm::RejectArguments),
    /// Condemn a key from a date on
    Distrust(super::status::DistrustArguments),
    /// Record that a vendor does not sign by a key any more
    Retire(super::status::RetireArguments),
    /// Take a record back
    Withdraw(super::status::WithdrawArguments),
    /// Tell what known packages would lose if an anchor were gone
    Blast(super::blast::BlastArguments),
    /// Judge again what changes of trust touched since the last time
    Reevaluate(super::blast::ReevaluateArguments),
    /// Tell who signed a product over time, and how each new signer differs
    History(super::history::HistoryArguments),
    /// Register the people who may change trust
    #[command(subcommand)]
    Person(super::person::PersonCommand),
    /// Read and check the chain of changes
    #[command(subcommand)]
    Audit(super::audit::AuditCommand),
    /// This instance's own key
    #[command(subcommand)]
    Instance(super::instance::InstanceCommand),
    /// Say what is known about a key in doubt: which posts and rotations name it, how far that goes
    Explain(ExplainArguments),
    /// Bring in what vendors post, search it, show it
    Announcements {
        #[command(subcommand)]
        command: AnnouncementsCommand,
    },
    /// Keep watch: judge again, look ahead, import lists, watch folders, send mail
    Serve(super::serve::ServeArguments),
    /// Tell how the watch stands
    Status(super::doctor::LookArguments),
    /// Look at everything that the watch needs, and say what to do
    Doctor(super::doctor::LookArguments),
    /// Copy the store while it is used
    Backup(super::doctor::BackupArguments),
    /// Say who is told of what happens
    #[command(subcommand)]
    Team(super::team::TeamCommand),
    /// Say what a team wants to hear of
    Subscribe(super::subscription::SubscribeArguments),
    /// End a subscription
    Unsubscribe(super::subscription::UnsubscribeArguments),
    /// Look at subscriptions, and rehearse them
    #[command(subcommand)]
    Subscription(super::subscription::SubscriptionCommand),
    /// Take care of an event, so that nobody else is asked
    Ack(super::silence::AckArguments),
    /// Hold mail back for a while
    #[command(subcommand)]
    Silence(super::silence::SilenceCommand),
    /// Look at the mails that wait, went, or were given up
    #[command(subcommand)]
    Outbox(super::outbox::OutboxCommand),
    /// Check that a mail is this instance's
    #[command(subcommand)]
    Mail(super::mail::MailCommand),
    /// Say where announcements are read, and see how each source stands
    Source {
        #[command(subcommand)]
        command: super::source::SourceCommand,
    },
    /// Ask the sources that are due, and keep what is new
    Poll(super::poll::PollArguments),
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page of the program or of one command
    Man { command: Option<String> },
}

/// Which trust to judge by.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TrustArguments {
    /// Judge by this trust folder instead of the one built in
    #[arg(long, value_name = "DIR", conflicts_with = "anchors")]
    pub(super) trust: Option<PathBuf>,
    /// Judge by these certificates alone (PEM, DER, p7b): each anchors any vendor and purpose; may be
    /// given more than once
    // One value each: a list would swallow the PATH behind it, and make the package its own anchor.
    #[arg(long, value_name = "FILE")]
    pub(super) anchors: Vec<PathBuf>,
    /// The instant of judgement: a date, or a time as in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) at: Option<Timestamp>,
    /// Judge by what was known at this time [default: all that is known now]
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "anchors")]
    pub(super) known_at: Option<Timestamp>,
    /// Whose account of when trust was learnt counts: this instance's, or the folder's own dates
    /// [default: instance]
    #[arg(long, value_enum, value_name = "WHOSE", conflicts_with = "anchors")]
    pub(super) knowledge: Option<KnowledgeArgument>,
    /// Which rules of RFC 5280 real authorities may break: strict refuses, field tells [default: field]
    #[arg(long, value_enum)]
    pub(super) profile: Option<ProfileArgument>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CheckArguments {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The vendor whose packages these should be
    #[arg(long, value_name = "SLUG", conflicts_with = "anchors")]
    pub(super) vendor: Option<String>,
    /// The vendor's product, as its vendor.toml names it
    #[arg(long, value_name = "NAME", requires = "vendor")]
    pub(super) product: Option<String>,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
    /// The signature over the one PATH, when it does not lie beside it under a known name
    #[arg(long, value_name = "FILE")]
    pub(super) signature: Option<PathBuf>,
    /// The signed manifest, by its name inside the one PATH
    #[arg(long, value_name = "NAME")]
    pub(super) manifest: Option<String>,
    /// A certificate or public key that the package did not ship; it is used, never trusted
    #[arg(long, value_name = "FILE")]
    pub(super) key: Vec<PathBuf>,
    /// Whether a folder is one package or many files [default: one if its top has a signed manifest]
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    pub(super) grouping: Option<GroupingArgument>,
    /// Verdicts that count as passed, such as `unpinned`
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdict_word)]
    pub(super) allow: Vec<String>,
    /// In folders, report files that no format can sign as unsigned instead of skipping them
    #[arg(long)]
    pub(super) require_signed: bool,
    #[arg(long, value_enum, default_value_t = FormatArgument::Text)]
    pub(super) format: FormatArgument,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

/// Where this instance keeps what it knows.
#[derive(Debug, Clone, Args)]
pub(super) struct StoreArguments {
    /// Where facts and trust are kept [default: the user's data folder]
    #[arg(long, value_name = "FILE", env = "ANCHORWATCH_STORE")]
    pub(super) store: Option<PathBuf>,
    /// Keep nothing and ask the store nothing
    #[arg(long, conflicts_with = "store")]
    pub(super) no_store: bool,
    /// Settings [default: the user's configuration folder]
    #[arg(long, value_name = "FILE", env = "ANCHORWATCH_CONFIG")]
    pub(super) config: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ShowArguments {
    /// A package, a signed file, a certificate or a bundle of certificates
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KnowledgeArgument {
    Instance,
    Folder,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CsafArguments {
    #[command(subcommand)]
    pub(super) command: CsafCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum CsafCommand {
    /// Judge advisories: the standard's mandatory tests, digests and signatures beside them, and the
    /// provider's keys over time
    Check(CsafCheckArguments),
}

#[derive(Debug, Clone, Args)]
pub(super) struct CsafCheckArguments {
    /// CSAF documents; `.asc`, `.sha256` and `.sha512` beside them are read
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// What was kept of the provider on a day: a folder with provider-metadata.json and the key files
    /// that it lists; may be given more than once
    #[arg(long, value_name = "TIME=DIR", value_parser = kept)]
    pub(super) seen: Vec<(Timestamp, PathBuf)>,
    /// The instant of judgement, at which the documents were held: a date, or a time as in RFC 3339
    /// [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) at: Option<Timestamp>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct FormatsArguments {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ExplainArguments {
    /// A fingerprint in any spelling, a key id, an anchor id, a key or certificate file, or a package
    #[arg(value_name = "KEY")]
    pub(super) what: String,
    /// The vendor that it should be of
    #[arg(long, value_name = "SLUG", conflicts_with = "anchors")]
    pub(super) vendor: Option<String>,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
    #[arg(long, value_enum, default_value_t = ExplainFormatArgument::Text)]
    pub(super) format: ExplainFormatArgument,
    /// Print what to say on the telephone instead
    #[arg(long, conflicts_with = "format")]
    pub(super) script: bool,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum AnnouncementsCommand {
    /// Bring in archived posts: JSON Lines with url, title, author,
    /// author id, published and text, or a mailbox
    Import {
        file: PathBuf,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Find posts by words, or by an identity they print
    Search {
        #[arg(required = true)]
        words: Vec<String>,
        /// How many posts to show
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// Only what the store knew by then [default: now]
        #[arg(long, value_name = "TIME", value_parser = instant)]
        known_at: Option<Timestamp>,
        #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
        format: ListFormatArgument,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Show a post and what was read from it
    Show {
        /// The beginning of its handle
        id: String,
        #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
        format: ListFormatArgument,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Compare two revisions of a post
    Diff {
        /// The beginning of its handle
        id: String,
        /// The older revision [default: the one before the newer]
        #[arg(long, value_name = "NUMBER")]
        from: Option<i64>,
        /// The newer revision [default: the newest]
        #[arg(long, value_name = "NUMBER")]
        to: Option<i64>,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormatArgument {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormatArgument {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileArgument {
    Strict,
    Field,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GroupingArgument {
    Package,
    Files,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArgument {
    Text,
    Json,
    Sarif,
    Junit,
}

fn kept(text: &str) -> Result<(Timestamp, PathBuf), String> {
    let (time, folder) = text
        .split_once('=')
        .ok_or_else(|| "expected TIME=DIR, such as 2026-03-01=provider/".to_owned())?;
    Ok((instant(time)?, PathBuf::from(folder)))
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        return date
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map(|zoned| zoned.timestamp())
            .map_err(|error| error.to_string());
    }
    text.parse().map_err(|_| {
        "expected a date such as 2026-03-01 or a time such as 2026-03-01T12:00:00Z".to_owned()
    })
}

/// Verdicts that a policy may wave through; a forged or condemned package never passes.
fn verdict_word(word: &str) -> Result<String, String> {
    const ALLOWABLE: [&str; 4] = ["unpinned", "explained", "unsigned", "unanchored"];
    if ALLOWABLE.contains(&word) {
        Ok(word.to_owned())
    } else {
        Err(format!("expected one of {}", ALLOWABLE.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        super::Arguments::command().debug_assert();
    }
}
