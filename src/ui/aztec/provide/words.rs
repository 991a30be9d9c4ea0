//! What is said about keys.

use leptos::prelude::{Get as _, Memo};
use rota_keycheck::{Fault, Point};

use crate::{
    aztec::{
        keys::{FileError, Issue, MOST_BYTES, MOST_KEYS, Malformed, Verdict},
        read::KeyProblem,
    },
    ui::Cx,
    units::format,
};

/// A file of which nothing was taken, in a sentence with what to do.
pub(super) fn file_error(error: &FileError) -> String {
    match error {
        FileError::Private => "This is a private keystore, or holds secrets. Rota stopped reading it, kept nothing and sent nothing. Choose the public file that was made with it: its name ends in _staker_output.json.".to_owned(),
        FileError::NotReadable => "Your browser cannot read it. It may have been moved or changed since you chose it: choose it again.".to_owned(),
        FileError::TooLarge(_) => format!("Larger than {} MB. No key file is.", MOST_BYTES / 1_000_000),
        FileError::TooMany => format!("More than {MOST_KEYS} keys at once. Choose fewer files."),
        FileError::NotJson(0, _) => "Could not be read as JSON.".to_owned(),
        FileError::NotJson(line, column) => format!("Not JSON: line {line}, column {column}."),
        FileError::NoKeys => "No keys in it. A key file is a list with attester, publicKeyG1, publicKeyG2 and proofOfPossession.".to_owned(),
    }
}

/// Who looks at keys.
#[derive(Clone, Copy)]
pub(in crate::ui::aztec) struct Reader {
    pub(in crate::ui::aztec) cx: Cx,
    /// The provider that they would be added to, where they are for one.
    pub(in crate::ui::aztec) managed: Memo<Option<u64>>,
}

/// A verdict as tone, mark, words and reason.
pub(super) fn verdict(
    reader: Reader,
    verdict: &Verdict,
) -> (&'static str, &'static str, &'static str, String) {
    match verdict {
        Verdict::Checking => ("", "clock", "Checking", String::new()),
        Verdict::Unread(_) => (
            "warn",
            "warn",
            "Not checked",
            "A part of the chain could not be read. Not added before it is.".to_owned(),
        ),
        Verdict::Good => {
            ("ok", "check", "Valid key", "Proof of possession and the GSE’s own check pass".to_owned())
        }
        Verdict::Risky(issue) => ("warn", "warn", "Valid, with a risk", self::issue(reader, issue)),
        Verdict::LeftOut(issue) => ("warn", "warn", short(issue), self::issue(reader, issue)),
        Verdict::Broken(issue) => ("bad", "x", short(issue), self::issue(reader, issue)),
    }
}

fn short(issue: &Issue) -> &'static str {
    match issue {
        Issue::Malformed(_) => "Not a key",
        Issue::Curve(Fault::WrongProof) => "Bad proof of possession",
        Issue::Curve(
            Fault::NotCanonical(Point::Proof) | Fault::Zero(Point::Proof) | Fault::OffCurve(Point::Proof),
        ) => "Bad proof",
        Issue::Curve(_) => "Bad public key",
        Issue::Repeated(_) => "Duplicate",
        Issue::Offered(_) => "In a queue",
        Issue::Standing(KeyProblem::Exiting { .. }) => "Exiting",
        Issue::Standing(KeyProblem::Active { .. }) => "Already active",
        Issue::Standing(KeyProblem::Empty) => "No address",
        Issue::Standing(KeyProblem::Queued { .. }) => "Waits to join",
        Issue::Standing(_) => "Used before",
        Issue::Contract(_) => "Refused by the GSE",
        Issue::Costly { .. } => "Costly",
    }
}

const fn point(point: Point) -> &'static str {
    match point {
        Point::PublicKeyG1 => "public key in G1",
        Point::PublicKeyG2 => "public key in G2",
        Point::Proof => "proof of possession",
    }
}

fn fault(fault: Fault) -> String {
    match fault {
        Fault::NotCanonical(which) => {
            format!("A coordinate of the {} is not below the field’s prime", point(which))
        }
        Fault::Zero(which) => format!("The {} is zero", point(which)),
        Fault::OffCurve(Point::PublicKeyG2) => "The public key in G2 is not on the twist".to_owned(),
        Fault::OffCurve(which) => format!("The {} is not on the curve", point(which)),
        Fault::OffSubgroup => "The public key in G2 is not in the subgroup".to_owned(),
        Fault::DifferentSecrets => "The G1 and G2 keys are not the same key".to_owned(),
        Fault::WrongProof => "The signature does not match the public key. Make this key again".to_owned(),
    }
}

fn issue(reader: Reader, issue: &Issue) -> String {
    match issue {
        Issue::Malformed(Malformed::Missing(field)) => format!("{field} is missing"),
        Issue::Malformed(Malformed::NotRead(field)) => format!("{field} cannot be read"),
        Issue::Malformed(Malformed::NotAKey) => "No object with the fields of a key".to_owned(),
        Issue::Curve(found) => fault(*found),
        Issue::Repeated(line) => format!("Same attester or public key as line {line}"),
        Issue::Offered(id) if reader.managed.get() == Some(*id) => {
            "Waits in your queue already. Left out".to_owned()
        }
        Issue::Offered(id) => format!("Waits in the queue of {}", reader.cx.scope.label(*id)),
        Issue::Standing(found) => problem(found),
        Issue::Contract(error) => format!("Its check answers {error}"),
        Issue::Costly { bound, limit } => format!(
            "Proving it may take {} gas, the GSE grants {}. Its deposits might fail; a new key is safer",
            format::count(*bound),
            format::count(*limit)
        ),
    }
}

/// Why a key must not be used, in half a sentence.
pub(super) fn problem(problem: &KeyProblem) -> String {
    match problem {
        KeyProblem::Used(by) => format!("Staked with before, by {}", format::short_address(*by)),
        KeyProblem::PublicKeyUsed => "Its public key was staked with before".to_owned(),
        KeyProblem::Queued { version } => format!("Waits in the entry queue of rollup {version}"),
        KeyProblem::Repeated => "Stands in the queue twice".to_owned(),
        KeyProblem::Exiting { version } => format!("Is leaving rollup {version}"),
        KeyProblem::Active { version } => format!("Active on rollup {version}"),
        KeyProblem::Empty => "Has no address".to_owned(),
    }
}
