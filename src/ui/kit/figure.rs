use leptos::{ev, prelude::*};

use super::Sources;
use crate::{
    chain::{ReadError, Reading, Source},
    state::Remote,
    units::Token,
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
        let (whole, fraction) = crate::units::format::amount_parts(raw, token.decimals, 4);
        Self::Amount(whole, fraction, token.symbol.clone())
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
    /// Not read, and why.
    NotRead(ReadError, Option<Source>),
}

impl Figure {
    /// A reading as text.
    pub(crate) fn of<T>(reading: &Reading<T>, write: impl FnOnce(&T) -> Written) -> Self {
        match &reading.value {
            Ok(value) => Self::Shown(write(value), reading.source.clone()),
            Err(error) => Self::NotRead(error.clone(), Some(reading.source.clone())),
        }
    }
}

/// A figure of a screen that is read again and again.
pub(crate) fn figure<T: Send + Sync + 'static>(
    remote: ReadSignal<Remote<T>>,
    pick: impl Fn(&T) -> Figure + Send + Sync + 'static,
) -> Signal<Figure> {
    Memo::new(move |_| {
        remote.with(|remote| match remote {
            Remote::Loading => Figure::Loading,
            Remote::Ready(screen) | Remote::Stale(screen, _) => pick(screen),
            Remote::Failed(error) => Figure::NotRead(error.clone(), None),
        })
    })
    .into()
}

/// Shows a figure: shimmering at its width while it loads, "Not read" where it failed, and otherwise as a button that
/// opens its source on hover, focus or press.
#[component]
pub(crate) fn Fig(
    /// What it is, for the source's title.
    #[prop(into)]
    label: String,
    #[prop(into)] figure: Signal<Figure>,
    /// Class with the width it will have: `w4` is about four digits.
    #[prop(default = "w4")]
    width: &'static str,
) -> impl IntoView {
    let sources = expect_context::<Sources>();
    let label = StoredValue::new(label);
    // a new block changes the source of every figure but the text of few: only the text is drawn again
    let drawn = Memo::new(move |_| {
        figure.with(|figure| match figure {
            Figure::Loading => Drawn::Loading,
            Figure::Shown(written, _) => Drawn::Text(written.clone()),
            Figure::NotRead(error, source) => Drawn::NotRead(error.to_string(), source.is_some()),
        })
    });
    let source = move || {
        figure.with_untracked(|figure| match figure {
            Figure::Shown(_, source) => Some(source.clone()),
            Figure::NotRead(_, source) => source.clone(),
            Figure::Loading => None,
        })
    };
    let button = move |text: AnyView| {
        view! {
            <button
                type="button"
                class="src"
                aria-haspopup="dialog"
                on:click:target=move |event| sources.press(label.get_value(), source(), &event.target())
                on:mouseenter:target=move |event| sources.hover(label.get_value(), source(), &event.target())
                on:mouseleave=move |_: ev::MouseEvent| sources.leave()
                on:focus:target=move |event| sources.focus(label.get_value(), source(), &event.target())
                on:blur=move |_: ev::FocusEvent| sources.leave()
            >
                {text}
            </button>
        }
    };
    move || match drawn.get() {
        Drawn::Loading => {
            view! { <span class=format!("skel {width}")><span class="vh">"Loading"</span></span> }.into_any()
        }
        Drawn::Text(written) => button(view_of(written)).into_any(),
        Drawn::NotRead(why, false) => view! { <span class="notread" title=why>"Not read"</span> }.into_any(),
        Drawn::NotRead(why, true) => {
            view! { <span class="notread" title=why>{button("Not read".into_any())}</span> }.into_any()
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Drawn {
    Loading,
    Text(Written),
    NotRead(String, bool),
}

fn view_of(written: Written) -> AnyView {
    match written {
        Written::Text(text) => view! { <span class="amount">{text}</span> }.into_any(),
        Written::Amount(whole, fraction, unit) => view! {
            <span class="amount">
                {whole} {(!fraction.is_empty()).then(|| view! { <span class="frac">{fraction}</span> })}
                {(!unit.is_empty()).then(|| view! { " " <span class="unit">{unit}</span> })}
            </span>
        }
        .into_any(),
    }
}
