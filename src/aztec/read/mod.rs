//! Reads of whole screens: one function each, pinned to one block, as few requests as their data allows.

mod account;
mod admin;
mod attesters;
mod coinbases;
mod commission;
mod discovery;
mod effects;
mod keys;
mod moves;
mod past;
mod payload;
mod positions;
mod power;
mod proposals;
mod provider;
mod providers;
mod pulse;
mod purses;
mod queues;
mod rewards;
mod signalling;
mod slashing;
mod stakes;
mod standing;
mod unlogged;
mod upgrades;

pub use account::{Funds, funds};
pub use admin::{Holder, holder, pending_admin};
pub use attesters::{AttesterState, States};
pub use coinbases::coinbases;
pub use commission::commission;
pub use discovery::deployment;
pub use effects::{Code, Effects, Intent, Moved, NoRehearsal, Rehearsal, SettingChange, Steadiness, effects};
pub use keys::{KeyProblem, KeyVerdict, next_keys};
pub use moves::{Deed, Move, MovesAsked, moves};
pub use past::{Begun, How, Past, StakeVoter, Unlocks, Vote, past};
pub use payload::{Action, Origin, ProposalPage, proposal};
pub use positions::{Asked, Positions, positions};
pub use power::{
    Backing, Power, ProposalPower, Usable, Withdrawal, Withdrawals, power, proposal_power, withdrawals,
};
pub use proposals::{Proposal, ProposalRow, Proposals, Rules, proposals};
pub use provider::{ProviderPage, provider};
pub use providers::{ProviderConfig, ProviderRow, Providers, providers};
pub use pulse::{Change, Pulse, RollupPulse, pulse};
pub use purses::Purse;
pub use queues::{EntryQueue, QueueEntry};
pub use rewards::{Rewards, RollupRewards, SplitAsked, SplitBalance, SplitRewards};
pub use signalling::{Round, Signal, Signalled, Signalling, Voided, signalling};
pub use slashing::{SlashRound, SlasherView, Slashing, slashing};
pub use stakes::{Stakes, attester_states, entry_queues, stakes};
pub use standing::{KeyStanding, KeyStandings, key_standings};
pub use unlogged::{Seen, seen};
pub use upgrades::{Instance, Replaced, Successor, Upgrades, upgrades};
