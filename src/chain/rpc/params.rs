use std::fmt::Write as _;

use serde_json::value::RawValue;

/// Writes parameters, a JSON array, to the end of a request.
pub(in crate::chain) type Write<'a> = dyn Fn(&mut String) + Send + Sync + 'a;

/// What a request asks about.
pub(super) enum Params<'a> {
    /// As it is sent.
    Held(Box<RawValue>),
    /// So long that it is written each time it is sent, and not held while it is answered: the memory of wasm never shrinks.
    Written(&'a Write<'a>),
}

impl Params<'_> {
    /// What is known to be JSON.
    pub(super) fn fixed(json: &'static str) -> Self {
        Self::Held(RawValue::from_string(json.to_owned()).unwrap_or_default())
    }

    /// Whether it adds little to a request that is made anyway.
    pub(super) fn is_short(&self) -> bool {
        matches!(self, Self::Held(json) if json.get().len() < 200)
    }

    /// A request of JSON-RPC 2.0.
    pub(super) fn request(&self, id: u64, method: &str) -> String {
        let mut body = String::new();
        self.write(id, method, &mut body);
        body
    }

    /// Writes one to the end of a body.
    pub(super) fn write(&self, id: u64, method: &str, body: &mut String) {
        // a text takes what is written to it
        let _ = write!(body, r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":"#);
        match self {
            Self::Held(json) => body.push_str(json.get()),
            Self::Written(write) => write(body),
        }
        body.push('}');
    }
}
