/// A text as it is compared where large and small letters mean the same: European letters only.
///
/// The complete tables of Unicode that `str::to_lowercase` brings along would be a fiftieth of the app's first load.
pub fn fold(text: &str) -> String {
    text.chars().map(small).collect()
}

fn small(letter: char) -> char {
    let code = u32::from(letter);
    let small = match code {
        // ASCII; Latin-1 without the multiplication sign; Greek; Cyrillic
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3a9 | 0x410..=0x42f => code + 32,
        // Latin Extended-A: pairs, the large one even; in two stretches odd
        0x100..=0x12f | 0x132..=0x137 | 0x14a..=0x177 => code | 1,
        0x139..=0x148 | 0x179..=0x17e => code + code % 2,
        0x178 => 0xff,
        0x400..=0x40f => code + 80,
        _ => code,
    };
    char::from_u32(small).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn european_letters_are_folded_as_unicode_says() {
        let all = (0x20..0x450).filter(|code| ![0x130, 0x1c4].contains(code)).filter_map(char::from_u32);
        for letter in all.filter(|letter| {
            let code = u32::from(*letter);
            code < 0x180 || (0x391..=0x3a9).contains(&code) || code >= 0x400
        }) {
            assert_eq!(
                fold(&letter.to_string()),
                letter.to_lowercase().to_string(),
                "{letter} {:x}",
                u32::from(letter)
            );
        }
        assert_eq!(fold("Blockhaus ZÜRICH"), "blockhaus zürich");
    }
}
