//! Folding: the form of a text in which case, spaces, accents and punctuation make no difference.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `Prénom `, `PRENOM` and `pré-nom` fold to the same text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Most texts are, and decomposing them is slow.
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|letter| char::from(letter.to_ascii_lowercase())).collect();
    }
    text.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The candidate nearest to `wrong` once both are folded, if one is near enough to be meant.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = fold(wrong);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wrong, &fold(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_differ_in_dress_fold_alike() {
        for same in ["Prénom", "prenom", "PRÉ-NOM ", "pre_nom", "PRE-NOM"] {
            assert_eq!(fold(same), "prenom");
        }
    }

    #[test]
    fn a_near_miss_is_recognised_and_a_far_one_is_not() {
        let headings = ["firstName", "lastName", "dtContractStart"];
        assert_eq!(nearest("fristname", headings), Some("firstName"));
        assert_eq!(nearest("dtContractStrat", headings), Some("dtContractStart"));
        assert_eq!(nearest("shoeSize", headings), None);
    }
}
