//! Sentences about a key in doubt.

use crate::formats::post::Side;
use crate::judge::link::{
    Contradiction, Explanation, Link, Objection, Resemblance, Unproven, VendorWhy,
};
use crate::judge::report::ExplainedLevel;
use crate::render::plain;

pub(super) fn why(why: VendorWhy) -> &'static str {
    match why {
        VendorWhy::Stated => "stated by you",
        VendorWhy::Rotation => "a recorded rotation names this key",
        VendorWhy::Anchor => "the key is in this vendor's folder",
        VendorWhy::Post => "a post in this vendor's name prints the key",
        VendorWhy::Organisation => "the certificate claims this organisation",
        VendorWhy::Name => "the key's own name claims it",
        VendorWhy::FileName => "the file's name looks like it",
    }
}

pub(super) fn headline(explanation: &Explanation) -> String {
    match explanation.level {
        ExplainedLevel::Explained => format!("{}, explained", explanation.verdict.word()),
        ExplainedLevel::Candidate => format!(
            "{}; candidates below explain nothing yet",
            explanation.verdict.word()
        ),
        ExplainedLevel::None => format!("{}, nothing explains it", explanation.verdict.word()),
    }
}

pub(super) fn contradiction(found: &Contradiction) -> String {
    let about = plain(&found.about);
    match found.objection {
        Objection::Question => "the post asks about the key, it does not vouch for it".to_owned(),
        Objection::Withdrawn => format!("a later revision no longer prints {about}"),
        Objection::Warned => format!("the words around {about} warn of it"),
        Objection::NamedAsOld => format!("the post gives {about} as the old key"),
        Objection::Revoked => format!("the post tells that {about} was revoked or is distrusted"),
        Objection::Disowned => format!(
            "post {} of the same vendor warns of the key or revokes it",
            found.about.get(..12).unwrap_or(&found.about)
        ),
        Objection::ClaimedByAnother => format!("a post of {about} claims the same key"),
        Objection::IssuerOfOthers => format!(
            "the post names the issuer {about}, and neither that nor the signer bears the vendor's name"
        ),
        Objection::OtherVendor => format!("the post speaks for {about}, another vendor"),
        Objection::DatesDiffer => format!("the dates differ: {about}"),
        Objection::LookAlikeBeside => {
            format!("the post also prints {about}, nearly the same: one of them is a slip, or bait")
        }
    }
}

pub(super) fn resemblance(found: Resemblance) -> &'static str {
    match found {
        Resemblance::WrongDigits => "at most two digits differ: a bad copy, never the key",
        Resemblance::BothEnds => "begins and ends alike and differs between: made to deceive",
        Resemblance::SameEnd => "the last eight digits agree, and only they",
        Resemblance::SameBeginning => "the first eight digits agree, and only they",
    }
}

pub(super) fn unproven(found: &Unproven) -> String {
    match found {
        Unproven::NotConfirmed => {
            "nobody has confirmed the key by another way than the one it came by".to_owned()
        }
        Unproven::NoPost => "nothing that was brought in here names the key".to_owned(),
        Unproven::NoVendorWord => {
            "what names the key does not count as the vendor's own word".to_owned()
        }
        Unproven::ImportedOnly { post_id } => format!(
            "post {} came in a file: its address and its author are that file's claim",
            post_id.get(..12).unwrap_or(post_id)
        ),
        Unproven::VendorNotStated => {
            "no vendor was stated: the one named here follows from the key and the posts".to_owned()
        }
        Unproven::KeyNotSeen => "only digits were given: the key itself was not seen".to_owned(),
        Unproven::IssuerMissing { subject } => {
            format!(
                "the issuer {} is missing, so the chain has no end",
                plain(subject)
            )
        }
        Unproven::Recorded { rotation, what } => format!("{}: {}", plain(rotation), plain(what)),
    }
}

/// When and by whom, in one line.
pub(super) fn ground(link: &Link) -> String {
    let published = link.post.published.map_or_else(
        || "no date".to_owned(),
        |at| at.to_string().chars().take(10).collect(),
    );
    let fetched = if link.post.fetched {
        "fetched"
    } else {
        "imported"
    };
    format!(
        "{published}, {fetched}, ground {}, match {}, named {}",
        link.ground.code(),
        link.matched.code(),
        match link.side {
            Side::Old => "as the old key",
            Side::New => "as the new key",
            Side::Unsaid => "without a side",
        }
    )
}

/// Commands that lead on.
pub(super) fn next(explanation: &Explanation) -> Vec<String> {
    let mut commands = vec![];
    if let Some(first) = explanation.links.links.first() {
        commands.push(format!(
            "anchorwatch announcements show {}",
            first.post.id.get(..12).unwrap_or(&first.post.id)
        ));
    }
    // What was typed goes into a shell again: only what needs no quoting is offered.
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | ':' | '+');
    let what = if !explanation.what.is_empty() && explanation.what.chars().all(harmless) {
        Some(explanation.what.clone())
    } else {
        explanation.key.main_value().map(str::to_owned)
    };
    if let Some(what) = what {
        let vendor = explanation
            .vendor
            .as_ref()
            .map_or_else(String::new, |slug| format!(" --vendor {slug}"));
        commands.push(format!("anchorwatch explain {what}{vendor} --script"));
    }
    commands
}
