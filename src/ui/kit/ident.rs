use alloy_primitives::{Address, keccak256};
use leptos::prelude::*;

/// Providers are square, accounts are round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Square,
    Round,
}

/// Hues far enough apart to tell two marks in a row from each other.
const HUES: [u16; 8] = [20, 55, 95, 150, 195, 255, 290, 330];

/// A mark computed from an address alone, so that the same party looks the same everywhere.
#[component]
pub(crate) fn Ident(
    /// Whose mark.
    address: Address,
    shape: Shape,
    /// Edge in pixels.
    #[prop(default = 18)]
    size: u16,
) -> impl IntoView {
    let seed = keccak256(address);
    let hue = HUES[usize::from(seed[31]) % HUES.len()];
    let (class, path) = match shape {
        Shape::Square => ("ident", squares(seed.as_slice())),
        Shape::Round => ("ident round", rings(seed.as_slice())),
    };
    view! {
        <svg class=class style=("--h", hue.to_string()) width=size height=size viewBox="0 0 28 28" aria-hidden="true">
            <path d=path/>
        </svg>
    }
}

/// A grid of five by five, mirrored left to right.
fn squares(seed: &[u8]) -> String {
    let mut path = String::new();
    for row in 0..5 {
        for column in 0..3 {
            if seed[row * 3 + column] & 1 == 1 {
                let mut cell = |column: usize| {
                    path.push_str(&format!("M{} {}h4.05v4.05h-4.05z", 4 + column * 4, 4 + row * 4));
                };
                cell(column);
                if column < 2 {
                    cell(4 - column);
                }
            }
        }
    }
    path
}

/// Two rings of eight sectors.
fn rings(seed: &[u8]) -> String {
    let mut path = String::new();
    for (ring, (outer, inner)) in [(11.2, 7.8), (6.6, 3.2)].into_iter().enumerate() {
        for sector in 0..8u8 {
            if seed[ring] >> sector & 1 == 1 {
                path.push_str(&arc(f64::from(sector), outer, inner));
            }
        }
    }
    path
}

fn arc(sector: f64, outer: f64, inner: f64) -> String {
    let point = |radius: f64, turn: f64| {
        let angle = (turn / 8.0).mul_add(std::f64::consts::TAU, -std::f64::consts::FRAC_PI_2);
        format!("{:.1} {:.1}", radius.mul_add(angle.cos(), 14.0), radius.mul_add(angle.sin(), 14.0))
    };
    let (from, to) = (sector - 0.44, sector + 0.44);
    format!(
        "M{}A{outer} {outer} 0 0 1 {}L{}A{inner} {inner} 0 0 0 {}z",
        point(outer, from),
        point(outer, to),
        point(inner, to),
        point(inner, from)
    )
}
