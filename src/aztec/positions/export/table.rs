use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};

use crate::{
    aztec::{
        events::Place,
        positions::{Happened, Kind},
    },
    units::{Token, format},
};

/// Who reads a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A spreadsheet: everything that happened.
    Anybody,
    /// rotki: what it imports as generic events.
    Rotki,
    /// Koinly: its simple template.
    Koinly,
}

/// What a table needs to know besides what happened.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Whose books it is for.
    pub owner: Address,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The tokens that are known by name.
    pub tokens: &'a [Token],
    /// When a block was, in Unix seconds; `None` where the node did not say.
    pub time: &'a dyn Fn(&Place) -> Option<u64>,
    /// What the address paid for each transaction that it sent, in wei; `None` is what was not read.
    pub fees: &'a BTreeMap<B256, Option<U256>>,
}

impl core::fmt::Debug for Terms<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Terms")
            .field("owner", &self.owner)
            .field("chain_id", &self.chain_id)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}

/// How a line is written; `None` for what the reader has no line for.
type Row = fn(&Happened, Fee, Terms<'_>) -> Option<Vec<String>>;

/// What a line says of the gas that its transaction cost.
#[derive(Clone, Copy)]
enum Fee {
    /// In wei.
    Paid(U256),
    /// Somebody else paid it, or another line says it.
    Elsewhere,
    NotRead,
}

impl Fee {
    /// In ether, or nothing.
    fn ether(self) -> String {
        match self {
            Self::Paid(wei) => format::exact(wei, 18),
            Self::Elsewhere | Self::NotRead => String::new(),
        }
    }
}

/// Everything that happened, oldest first, as CSV (RFC 4180).
///
/// `fee` is in ether, what the address paid for the transaction as its sender, on the first line of each. Where it was not
/// read, the note says so; Koinly's template has no place for it. A time that is not known stays empty in the general
/// table, whose note has the block; the other programs do not read a line without one, so that it is not written.
/// What somebody else paid or received is in the general table, with who did, and in no other: it is no flow of the
/// owner's. Rewards become income when the warehouse pays them: the address has nothing before.
pub fn table(happened: &[Happened], reader: Reader, terms: Terms<'_>) -> String {
    let (head, row): (&str, Row) = match reader {
        Reader::Anybody => {
            ("time,type,amount,token,fee,transaction hash,note,gross,commission,net", |row, fee, terms| {
                Some(general(row, fee, terms))
            })
        }
        Reader::Rotki => ("Type,Location,Currency,Amount,Fee,Fee Currency,Description,Timestamp", rotki),
        Reader::Koinly => ("Koinly Date,Amount,Currency,Label,Description,TxHash", koinly),
    };
    let mut text = format!("{head}\r\n");
    let mut told = BTreeSet::new();
    let lines = happened.iter().filter_map(|one| {
        let fee = match terms.fees.get(&one.place.tx) {
            Some(_) if told.contains(&one.place.tx) => Fee::Elsewhere,
            Some(Some(wei)) => Fee::Paid(*wei),
            Some(None) => Fee::NotRead,
            None => Fee::Elsewhere,
        };
        let fields = row(one, fee, terms)?;
        told.insert(one.place.tx);
        Some(fields)
    });
    for fields in lines {
        text += &fields.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(",");
        text += "\r\n";
    }
    text
}

fn token(terms: Terms<'_>, address: Address) -> Option<&Token> {
    terms.tokens.iter().find(|token| token.address == address)
}

/// An amount as a number; in the token's smallest units where its decimals are not known.
fn exact(raw: U256, token: Option<&Token>) -> String {
    format::exact(raw, token.map_or(0, |token| token.decimals))
}

fn general(row: &Happened, fee: Fee, terms: Terms<'_>) -> Vec<String> {
    let token = token(terms, row.token);
    let amount = |raw| exact(raw, token);
    let symbol = match token {
        Some(token) => token.symbol.clone(),
        None => format!("units of {}", row.token),
    };
    let net = row.gross.and(row.amount).map(amount).unwrap_or_default();
    let (gross, commission) =
        row.gross.map(|(gross, part)| (amount(gross), amount(part))).unwrap_or_default();
    vec![
        format::iso((terms.time)(&row.place)),
        row.kind.word().to_owned(),
        row.amount.map(amount).unwrap_or_default(),
        symbol,
        fee.ether(),
        row.place.tx.to_string(),
        format!("{}; block {}{}", row.note, row.place.block, unread(fee)),
        gross,
        commission,
        net,
    ]
}

/// Whether the owner paid or received it. A stake is paid by whoever made it, who loses what is slashed, and comes back to
/// whomever its withdrawer named; what else is listed is the owner's.
fn is_of(row: &Happened, owner: Address) -> bool {
    match row.kind {
        Kind::Stake | Kind::Slash | Kind::Refund | Kind::ExitPaid => row.party == Some(owner),
        _ => true,
    }
}

/// What a note adds where the fee is missing.
const fn unread(fee: Fee) -> &'static str {
    match fee {
        Fee::NotRead => "; fee not read",
        Fee::Paid(_) | Fee::Elsewhere => "",
    }
}

fn rotki(row: &Happened, fee: Fee, terms: Terms<'_>) -> Option<Vec<String>> {
    is_of(row, terms.owner).then_some(())?;
    let kind = match row.kind {
        Kind::Stake => "Deposit",
        Kind::Refund | Kind::ExitPaid => "Withdrawal",
        Kind::Slash => "Loss",
        Kind::Withdraw => "Staking",
        _ => return None,
    };
    let known = token(terms, row.token)?;
    let time = (terms.time)(&row.place)?;
    let description =
        format!("{}: {}, transaction {}{}", row.kind.word(), row.note, row.place.tx, unread(fee));
    let paid = fee.ether();
    let currency = if paid.is_empty() { String::new() } else { "ETH".to_owned() };
    Some(vec![
        kind.to_owned(),
        "external".to_owned(),
        format!("eip155:{}/erc20:{}", terms.chain_id, row.token.to_checksum(None)),
        exact(row.amount?, Some(known)),
        paid,
        currency,
        description,
        format!("{time}000"),
    ])
}

fn koinly(row: &Happened, _: Fee, terms: Terms<'_>) -> Option<Vec<String>> {
    is_of(row, terms.owner).then_some(())?;
    let (sign, label) = match row.kind {
        Kind::Stake => ("-", ""),
        Kind::Refund | Kind::ExitPaid => ("", ""),
        Kind::Withdraw => ("", "reward"),
        _ => return None,
    };
    let known = token(terms, row.token)?;
    let time = format::iso(Some((terms.time)(&row.place)?));
    // 2026-11-20T10:12:13Z to 2026-11-20 10:12:13 UTC
    let time = time.replace('T', " ").replace('Z', " UTC");
    let amount = exact(row.amount?, Some(known));
    Some(vec![
        time,
        format!("{sign}{amount}"),
        known.symbol.clone(),
        label.to_owned(),
        format!("{}: {}", row.kind.word(), row.note),
        row.place.tx.to_string(),
    ])
}

/// A field, in quotes where it needs them. Names come from others: one that a spreadsheet would run as a formula is
/// made text. A number with a sign is none.
fn quoted(field: &str) -> String {
    let number =
        field.strip_prefix('-').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    let formula = !number && field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, U256};

    use super::{BTreeMap, Happened, Kind, Place, Reader, Terms, quoted, table};
    use crate::units::Token;

    #[test]
    fn only_what_the_owner_paid_or_received_is_booked() {
        let [owner, other, coin] = [1, 2, 3].map(Address::repeat_byte);
        let place = Place { block: 1, index: 1, tx: B256::ZERO, time: Some(1_800_000_000) };
        let happened = |kind, party| Happened {
            place,
            kind,
            token: coin,
            amount: Some(U256::from(7)),
            gross: None,
            party,
            note: String::new(),
        };
        let tokens = [Token { address: coin, symbol: "COIN".to_owned(), decimals: 0 }];
        let time = |place: &Place| place.time;
        let fees = BTreeMap::new();
        let terms = Terms { owner, chain_id: 1, tokens: &tokens, time: &time, fees: &fees };
        for kind in [Kind::Stake, Kind::Slash, Kind::Refund, Kind::ExitPaid] {
            for (party, lines) in [(Some(owner), 1), (Some(other), 0), (None, 0)] {
                let one = [happened(kind, party)];
                let count = |reader| table(&one, reader, terms).lines().count() - 1;
                // Koinly has no word for a slash
                let koinly = if kind == Kind::Slash { 0 } else { lines };
                assert_eq!(
                    (count(Reader::Rotki), count(Reader::Koinly)),
                    (lines, koinly),
                    "{kind:?} {party:?}"
                );
                assert_eq!(count(Reader::Anybody), 1, "the general table has everything");
            }
        }
        let reward = [happened(Kind::Withdraw, None)];
        assert_eq!(table(&reward, Reader::Koinly, terms).lines().count(), 2);
    }

    #[test]
    fn fields_survive_and_are_never_formulas() {
        for (field, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("-200000.5", "-200000.5"),
            ("-1+cmd", "'-1+cmd"),
            ("@x,y", "\"'@x,y\""),
            ("", ""),
        ] {
            assert_eq!(quoted(field), written);
        }
    }
}
