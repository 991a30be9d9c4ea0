use core::fmt::Write as _;

use alloy_primitives::{Address, keccak256};
use leptos::prelude::*;

/// Providers are square, accounts are round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Square,
    Round,
}

/// Hues far enough apart to tell two marks in a row from each other: `style/pages.css` has their classes.
const HUES: [&str; 8] = ["h20", "h55", "h95", "h150", "h195", "h255", "h290", "h330"];

/// A mark computed from an address alone, so that the same party looks the same everywhere. `size`: edge in pixels.
pub(crate) fn ident(address: Address, shape: Shape, size: u16) -> AnyView {
    let seed = keccak256(address);
    let hue = HUES[usize::from(seed[31]) % HUES.len()];
    let (class, path) = match shape {
        Shape::Square => ("ident", squares(seed.as_slice())),
        Shape::Round => ("ident round", rings(seed.as_slice())),
    };
    view! {
        <svg class=format!("{class} {hue}") width=size height=size viewBox="0 0 28 28" aria-hidden="true">
            <path d=path/>
        </svg>
    }
    .into_any()
}

/// A grid of five by five, mirrored left to right.
fn squares(seed: &[u8]) -> String {
    let mut path = String::new();
    let chosen = (0..5).flat_map(|row| (0..5).map(move |column| (row, column)));
    for (row, column) in chosen.filter(|(row, column)| seed[row * 3 + column.min(&(4 - column))] & 1 == 1) {
        // a string takes everything
        write!(path, "M{} {}h4.05v4.05h-4.05z", 4 + column * 4, 4 + row * 4).ok();
    }
    path
}

/// The corners of the first of eight sectors, for an outer and an inner ring, from the centre, in tenths of a unit:
/// outer start, outer end, inner end, inner start.
const SECTORS: [[(i32, i32); 4]; 2] =
    [[(-38, -105), (38, -105), (26, -73), (-26, -73)], [(-22, -62), (22, -62), (11, -30), (-11, -30)]];
/// Radii of those rings, in tenths.
const RADII: [(i32, i32); 2] = [(112, 78), (66, 32)];

/// Two rings of eight sectors.
fn rings(seed: &[u8]) -> String {
    let mut path = String::new();
    for (ring, corners) in SECTORS.into_iter().enumerate() {
        for sector in (0..8).filter(|sector| seed[ring] >> sector & 1 == 1) {
            let [a, b, c, d] = corners.map(|corner| turned(corner, sector));
            let (outer, inner) = RADII[ring];
            // a string takes everything
            write!(
                path,
                "M{a}A{} {} 0 0 1 {b}L{c}A{} {} 0 0 0 {d}z",
                tenths(outer),
                tenths(outer),
                tenths(inner),
                tenths(inner)
            )
            .ok();
        }
    }
    path
}

/// A point turned by eighths of a circle around the centre of the mark.
fn turned((mut x, mut y): (i32, i32), eighths: u8) -> String {
    for _ in 0..eighths / 2 {
        (x, y) = (-y, x);
    }
    if eighths % 2 == 1 {
        // half of the square root of two
        (x, y) = ((x - y) * 7071 / 10_000, (x + y) * 7071 / 10_000);
    }
    format!("{} {}", tenths(x + 140), tenths(y + 140))
}

fn tenths(n: i32) -> String {
    format!("{}.{}", n / 10, n % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_depends_on_the_address_alone_and_stays_inside_its_box() {
        let seed = keccak256(Address::repeat_byte(7));
        assert_eq!(squares(seed.as_slice()), squares(seed.as_slice()));
        assert_ne!(rings(seed.as_slice()), rings(keccak256(Address::ZERO).as_slice()));
        for eighths in 0..8 {
            let point = turned((-38, -105), eighths);
            let (x, y) = point.split_once(' ').expect("two numbers");
            for edge in [x, y] {
                assert!((0.0..28.0).contains(&edge.parse::<f64>().expect("a number")), "{point}");
            }
        }
        // a quarter of a circle turns up to the right
        assert_eq!(turned((0, -100), 2), "24.0 14.0");
    }
}
