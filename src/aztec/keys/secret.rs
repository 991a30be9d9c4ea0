//! How a file with secrets is known before it is read.

/// The names of fields that only files with secrets have. `coinbase` and `feeRecipient` are settings of a node: they are
/// public by themselves, but stand beside secrets.
pub(super) const OF_SECRETS: [&str; 19] = [
    "schemaVersion",
    "validators",
    "publisher",
    "publishers",
    "feeRecipient",
    "coinbase",
    "remoteSigner",
    "fundingAccount",
    "prover",
    "slasher",
    "eth",
    "bls",
    "privateKey",
    "secretKey",
    "secret",
    "mnemonic",
    "password",
    "crypto",
    "ciphertext",
];

/// Whether the beginning of a file shows that it holds secrets, so that the rest need not even be read.
pub fn looks_private(beginning: &str) -> bool {
    let mut texts = beginning.split('"').skip(1).step_by(2);
    texts.any(|text| OF_SECRETS.contains(&text))
}

/// 32 bytes in hexadecimal digits, as secrets are written.
pub(super) fn is_secret_like(text: &str) -> bool {
    let digits = text.trim().trim_start_matches("0x");
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
