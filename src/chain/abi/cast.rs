use alloy_primitives::{Address, B256, U256, keccak256};

use super::{DecodedCall, write_value};

/// One word of a shell command, quoted where the shell would read it otherwise.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn words(call: &DecodedCall) -> String {
    let each = call.args.iter().map(|arg| shell_word(&write_value(&arg.value)));
    each.fold(String::new(), |words, word| words + " " + &word)
}

/// The command that reads the same figure at the same block.
pub fn cast_call(to: Address, call: &DecodedCall, block: u64) -> String {
    let signature = format!("{}{}", call.signature, call.outputs);
    format!("cast call {to} {}{} --block {block} --rpc-url $ETH_RPC_URL", shell_word(&signature), words(call))
}

/// The command that lists the same events: all of this signature, or those with this topic 1.
pub fn cast_logs(contract: Address, event: &str, topic: Option<B256>, from: u64, to: u64) -> String {
    let topic = topic.map(|topic| format!(" {topic}")).unwrap_or_default();
    let event = keccak256(event);
    format!(
        "cast logs --address {contract} --from-block {from} --to-block {to} {event}{topic} --rpc-url $ETH_RPC_URL"
    )
}

/// The command that sends the same transaction. Whoever runs it chooses the signer: `--ledger` stands for it.
pub fn cast_send(from: Address, to: Address, value: U256, call: Option<&DecodedCall>, data: &[u8]) -> String {
    let what = match call {
        Some(call) => format!(" {}{}", shell_word(&call.signature), words(call)),
        None => format!(" {}", alloy_primitives::hex::encode_prefixed(data)),
    };
    let value = if value.is_zero() { String::new() } else { format!(" --value {value}") };
    format!("cast send {to}{what}{value} --from {from} --ledger --rpc-url $ETH_RPC_URL")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::abi::Catalog;

    #[test]
    fn words_survive_the_shell() {
        for (word, quoted) in [
            ("7", "7"),
            ("f(uint256)", "'f(uint256)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$(rm)", "'$(rm)'"),
        ] {
            assert_eq!(shell_word(word), quoted);
        }
    }

    #[test]
    fn a_call_names_function_arguments_and_block() {
        let catalog =
            Catalog::parse("function balanceOf(address account) view returns (uint256)").expect("one line");
        let mut data = catalog.functions().next().expect("one").selector().to_vec();
        data.extend([0; 32]);
        let call = catalog.call(&data).expect("decoded");
        assert_eq!(
            cast_call(Address::ZERO, &call, 5),
            "cast call 0x0000000000000000000000000000000000000000 'balanceOf(address)(uint256)' 0x0000000000000000000000000000000000000000 --block 5 --rpc-url $ETH_RPC_URL"
        );
    }
}
