//! Keys on their way from files to a provider's queue: parsed, examined in a worker, looked up on chain.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;
use rota_keycheck::{ANSWER, Finding};

use super::{Remote, Rhythm, Scope, Screen, remote, tasks::spawn};
use crate::{
    aztec::{
        Deployment,
        abi::KeyStore,
        keys::{self, Facts, FileError, Line, MOST_BYTES, MOST_KEYS, Verdict},
        read::{self, Funds, Holder, KeyStandings},
    },
    chain::{At, ReadError, text::tame, unanswered},
    platform::{KeyWorker, PickedFile},
};

/// A file and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyFile {
    /// Its name, made harmless.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: usize,
    /// How many keys it holds.
    pub(crate) keys: Result<usize, FileError>,
}

/// What was uploaded, and what is known of it. Nothing of it is stored.
#[derive(Clone, Copy)]
pub(crate) struct NewKeys {
    /// The files of the last choice.
    pub(crate) files: RwSignal<Vec<KeyFile>>,
    /// Their keys in order.
    pub(crate) lines: RwSignal<Arc<Vec<Line>>>,
    /// For each line the one before it with the same address or public key.
    repeats: RwSignal<Vec<Option<usize>>>,
    /// From the worker, for those that are keys, as far as it has come.
    findings: RwSignal<Vec<Finding>>,
    /// Why the worker does not work.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// Those that are keys.
    whole: RwSignal<Whole>,
    /// What the chain says about them.
    pub(crate) standings: Screen<KeyStandings>,
}

/// Keys of one choice; two choices are never the same.
#[derive(Clone, Default)]
struct Whole(Arc<Vec<KeyStore>>);

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Bytes that show whether a file holds secrets, before the rest of it is read.
const BEGINNING: i32 = 4_096;
/// Keys that the worker is given at once: what it found shows as it goes.
const TOGETHER: usize = 10;
/// Blocks between two looks at the chain: they read all queues.
const PERIOD: u64 = 10;

type Key = (Arc<Deployment>, Whole, u64);

impl Scope {
    /// A desk for new keys. `added` is any number that changes when keys were added: then the chain is asked again.
    pub(crate) fn new_keys(&self, added: impl Fn() -> u64 + 'static) -> NewKeys {
        let scope = *self;
        let whole = RwSignal::new(Whole::default());
        let key = move || {
            let whole = whole.get();
            let asked = (!whole.0.is_empty()).then_some(whole)?;
            Some((scope.deployment()?, asked, added()))
        };
        let rhythm: Rhythm<Key> = Rhythm { period: PERIOD, same_screen: |before, now| before.1 == now.1 };
        let standings = remote::read(self.head, rhythm, key, move |(contracts, whole, _): Key, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let found = read::key_standings(&pool, &contracts, &whole.0, block).await;
                let missing = found.value.keys.iter().find_map(|key| {
                    unanswered(&key.offered_by)
                        .or_else(|| unanswered(&key.problem))
                        .or_else(|| unanswered(&key.oracle))
                });
                remote::whole(found, missing)
            })
        });
        NewKeys {
            files: RwSignal::default(),
            lines: RwSignal::default(),
            repeats: RwSignal::default(),
            findings: RwSignal::default(),
            trouble: RwSignal::default(),
            whole,
            standings,
        }
    }

    /// What an account can stake with on the current rollup itself, while that is looked at.
    pub(crate) fn own_funds(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<Funds> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, account()?));
        let rhythm = Rhythm::every_block();
        remote::read(
            self.head,
            rhythm,
            key,
            move |(contracts, account): (Arc<Deployment>, Address), block| {
                let pool = scope.pool.get_value();
                Box::pin(async move {
                    let spender = contracts.canonical().address;
                    let funds = read::funds_for(&pool, &contracts, account, spender, block).await;
                    let unanswered = funds.value.unanswered();
                    remote::whole(funds, unanswered)
                })
            },
        )
    }

    /// Who is proposed as a provider's admin; zero is nobody.
    pub(crate) fn pending_admin(&self, provider_id: impl Fn() -> Option<u64> + 'static) -> Screen<Address> {
        let scope = *self;
        let key = move || Some((scope.deployment()?, provider_id()?));
        let rhythm = Rhythm::every_block();
        remote::read(self.head, rhythm, key, move |(contracts, id): (Arc<Deployment>, u64), block| {
            let pool = scope.pool.get_value();
            Box::pin(async move { Ok(read::pending_admin(&pool, &contracts, id, block).await?) })
        })
    }

    /// Wei of accounts. One that could not be read is missing, and named by the failure of the screen.
    pub(crate) fn balances(
        &self,
        accounts: impl Fn() -> Vec<Address> + 'static,
    ) -> Screen<Vec<(Address, U256)>> {
        let scope = *self;
        let key = move || Some(accounts()).filter(|accounts| !accounts.is_empty());
        let rhythm = Rhythm { period: 10, same_screen: PartialEq::eq };
        remote::read(self.head, rhythm, key, move |accounts, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move {
                let each = accounts.iter().map(|account| pool.balance(*account, block.number));
                let found = futures::future::join_all(each).await;
                let missing = found.iter().find_map(|wei| wei.as_ref().err().cloned().map(ReadError::from));
                let value =
                    accounts.into_iter().zip(found).filter_map(|(account, wei)| Some((account, wei.ok()?)));
                remote::whole(At { block, value: value.collect() }, missing)
            })
        })
    }

    /// What kind of account somebody is. Asked now and then: it hardly ever changes.
    pub(crate) fn holder(&self, account: impl Fn() -> Option<Address> + 'static) -> Screen<Holder> {
        let scope = *self;
        let rhythm = Rhythm { period: 25, same_screen: PartialEq::eq };
        remote::read(self.head, rhythm, account, move |account, block| {
            let pool = scope.pool.get_value();
            Box::pin(async move { Ok(read::holder(&pool, account, block).await?) })
        })
    }
}

impl NewKeys {
    /// Takes files in place of those before. A private keystore among them is named, and not read to its end.
    pub(crate) fn take(self, picked: Vec<PickedFile>) {
        if picked.is_empty() {
            return;
        }
        // not with what drew the button: that is drawn again as soon as there are files
        spawn(async move {
            let mut read = Vec::new();
            for file in picked {
                let found = read_file(&file).await;
                read.push((tame(&file.name, 80), file.size, found));
            }
            self.go_on(read).await;
        });
    }

    /// Takes a text in place of files.
    pub(crate) fn paste(self, text: String) {
        if !text.trim().is_empty() {
            spawn(async move {
                let read = ("Pasted text".to_owned(), text.len(), keys::parse(&text));
                self.go_on(vec![read]).await;
            });
        }
    }

    async fn go_on(self, read: Vec<(String, usize, Result<Vec<Line>, FileError>)>) {
        let (mut lines, mut files): (Vec<Line>, _) = (Vec::new(), Vec::new());
        for (name, size, found) in read {
            let found = found.and_then(|found| {
                if lines.len() + found.len() > MOST_KEYS { Err(FileError::TooMany) } else { Ok(found) }
            });
            let keys = found.map(|found| {
                let count = found.len();
                lines.extend(found);
                count
            });
            files.push(KeyFile { name, size, keys });
        }
        if !self.files.is_disposed() {
            self.begin(files, lines);
            self.examine().await;
        }
    }

    fn begin(self, files: Vec<KeyFile>, lines: Vec<Line>) {
        let whole = lines.iter().filter_map(|line| line.key.clone().ok()).collect();
        self.repeats.set(keys::repeats(&lines));
        self.findings.set(Vec::new());
        self.trouble.set(None);
        self.files.set(files);
        self.lines.set(Arc::new(lines));
        self.whole.set(Whole(Arc::new(whole)));
    }

    /// Has the worker look at every key; stops when other files were chosen meanwhile.
    async fn examine(self) {
        let Some(whole) = self.whole.try_get_untracked().filter(|whole| !whole.0.is_empty()) else { return };
        let current = || self.whole.try_get_untracked().is_some_and(|now| now == whole);
        let told = async {
            let mut worker = KeyWorker::start().await?;
            for chunk in whole.0.chunks(TOGETHER) {
                let message: Vec<u8> = chunk.iter().flat_map(keys::to_bytes).collect();
                let answer = worker.ask(&message).await?;
                let (answers, _rest) = answer.as_chunks::<ANSWER>();
                let found: Option<Vec<_>> = answers.iter().map(|bytes| Finding::from_bytes(*bytes)).collect();
                let found =
                    found.filter(|found| found.len() == chunk.len()).ok_or("the check of the keys failed")?;
                if !current() {
                    return Ok(());
                }
                self.findings.update(|findings| findings.extend(found));
            }
            Ok::<(), String>(())
        };
        if let Err(trouble) = told.await
            && current()
        {
            self.trouble.set(Some(trouble));
        }
    }

    /// The verdict over every line.
    pub(crate) fn verdicts(self) -> Vec<Verdict> {
        let (lines, repeats, findings) = (self.lines.get(), self.repeats.get(), self.findings.get());
        self.standings.with(|standings| {
            let standings = standings.last().map(|at| &at.value);
            let gas_limit = standings.and_then(|standings| standings.gas_limit.get().copied());
            let mut place = 0;
            let each = lines.iter().zip(&repeats).map(|(line, repeated)| {
                let at = place;
                place += usize::from(line.key.is_ok());
                let facts = match line.key {
                    Ok(_) => Facts {
                        repeated: *repeated,
                        finding: findings.get(at).copied(),
                        standing: standings.and_then(|standings| standings.keys.get(at)),
                        gas_limit,
                    },
                    Err(_) => Facts::default(),
                };
                keys::judge(line, facts)
            });
            each.collect()
        })
    }

    /// The keys that may be used, and whether some are still being checked.
    pub(crate) fn usable(self) -> (Vec<KeyStore>, bool) {
        let verdicts = self.verdicts();
        let waits = verdicts.iter().any(|verdict| matches!(verdict, Verdict::Checking));
        let lines = self.lines.get();
        let good = lines.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_usable());
        (good.filter_map(|(line, _)| line.key.clone().ok()).collect(), waits)
    }

    /// Why the chain was not asked with success.
    pub(crate) fn unread(self) -> bool {
        self.standings.with(|standings| matches!(standings, Remote::Failed(_)))
    }
}

async fn read_file(file: &PickedFile) -> Result<Vec<Line>, FileError> {
    if file.size > MOST_BYTES {
        return Err(FileError::TooLarge(file.size));
    }
    // what cannot be looked at cannot be told from a private key: it is not read to its end
    let beginning = file.beginning(BEGINNING).await.ok_or(FileError::NotReadable)?;
    if keys::looks_private(&beginning) {
        return Err(FileError::Private);
    }
    keys::parse(&file.text().await.ok_or(FileError::NotReadable)?)
}
