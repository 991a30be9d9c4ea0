use leptos::prelude::*;

use super::Sources;
use crate::{
    chain::{At, ReadError, Reading, Source},
    state::Remote,
    units::{Token, format},
};

/// A figure as text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    /// Plain.
    Text(String),
    /// A token amount: whole part, fraction with its point, unit.
    Amount(String, String, String),
}

impl Written {
    /// A token amount as a page shows it: four decimals, cut off.
    pub(crate) fn amount(token: &Token, raw: alloy_primitives::U256) -> Self {
        let (whole, fraction) = format::amount_parts(raw, token.decimals, 4);
        Self::Amount(whole, fraction, token.symbol.clone())
    }

    /// A number of things.
    pub(crate) fn count(n: u64) -> Self {
        Self::Text(format::count(n))
    }
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A figure at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Figure {
    /// The first answer is not there yet.
    Loading,
    /// Read.
    Shown(Written, Source),
    /// Read at this block, and not since.
    Aged(Written, Source, u64),
    /// Not read, and why.
    NotRead(ReadError, Option<Source>),
}

impl Figure {
    /// A reading as text.
    pub(crate) fn of<T>(reading: &Reading<T>, write: impl FnOnce(&T) -> Written) -> Self {
        match &reading.value {
            Ok(value) => Self::Shown(write(value), reading.source.clone()),
            Err(error) => Self::not_read(error, &reading.source),
        }
    }

    /// A figure of something that may not be there yet: `absent` says why, `None` that it is on its way.
    pub(crate) fn within<T>(
        found: Option<&T>,
        absent: Option<&ReadError>,
        pick: impl FnOnce(&T) -> Self,
    ) -> Self {
        match (found, absent) {
            (Some(found), _) => pick(found),
            (None, None) => Self::Loading,
            (None, Some(error)) => Self::NotRead(error.clone(), None),
        }
    }

    /// A figure of something that is read again and again.
    pub(crate) fn at<T>(remote: &Remote<At<T>>, pick: impl FnOnce(&At<T>) -> Self) -> Self {
        Self::within(remote.last().map(|at| &**at), remote.failure(), pick).aged(remote.aged())
    }

    /// The same figure, marked as old when the block is known that it is of.
    pub(crate) fn aged(self, block: Option<u64>) -> Self {
        match (self, block) {
            (Self::Shown(written, source), Some(block)) => Self::Aged(written, source, block),
            (figure, _) => figure,
        }
    }

    fn not_read(error: &ReadError, source: &Source) -> Self {
        Self::NotRead(error.clone(), Some(source.clone()))
    }

    /// The same without a value: something else that stands or falls with it.
    pub(crate) fn without_value(self) -> Self {
        match self {
            Self::Shown(..) | Self::Aged(..) => Self::Loading,
            other => other,
        }
    }

    /// What waits for events is not failed but on its way, unless reading them is in trouble.
    pub(crate) fn awaiting_events(self, trouble: bool) -> Self {
        match self {
            Self::NotRead(ReadError::LogsMissing, _) if !trouble => Self::Loading,
            other => other,
        }
    }
}

impl Sources {
    /// Shows a figure: shimmering at its width while it loads, "Not read" where it failed, and otherwise as a button
    /// that opens its source on hover, focus or press. `label` names it once on the page; `width` is the class of the
    /// width it will have: `w4` is about four digits.
    pub(crate) fn fig(&self, label: impl Into<String>, figure: Figure, width: &'static str) -> AnyView {
        let label: String = label.into();
        match figure {
            Figure::Loading => {
                view! { <span class=format!("skel {width}")><span class="vh">"Loading"</span></span> }
                    .into_any()
            }
            Figure::Shown(written, source) => self.button(label, source, written_view(written)),
            Figure::Aged(written, source, block) => {
                let said = format!("of block {}; it could not be read since", format::count(block));
                let figure = self.button(label, source, written_view(written));
                let title = said.clone();
                view! { <span class="aged" title=title>{figure}<span class="vh">" "{said}</span></span> }
                    .into_any()
            }
            Figure::NotRead(why, source) => {
                let said = match source {
                    Some(source) => self.button(label, source, "Not read".into_any()),
                    None => "Not read".into_any(),
                };
                view! { <span class="notread" title=why.to_string()>{said}</span> }.into_any()
            }
        }
    }

    fn button(&self, label: String, source: Source, text: AnyView) -> AnyView {
        self.keep(&label, source);
        view! { <button type="button" class="src" aria-haspopup="dialog" data-source=label>{text}</button> }
            .into_any()
    }
}

fn written_view(written: Written) -> AnyView {
    match written {
        Written::Text(text) => view! { <span class="amount">{text}</span> }.into_any(),
        Written::Amount(whole, fraction, unit) => view! {
            <span class="amount">
                {whole}
                {(!fraction.is_empty()).then(|| view! { <span class="frac">{fraction}</span> })}
                {(!unit.is_empty()).then(|| view! { " "<span class="unit">{unit}</span> })}
            </span>
        }
        .into_any(),
    }
}
