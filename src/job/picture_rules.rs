//! What can be found about the pictures that an export delivers.

use crate::model::{Example, Rule, Severity, Text};

pub static RULES: &[&Rule] = &[&PICTURE_NOT_READ, &PICTURE_REFUSED, &PICTURE_GONE];

pub static PICTURE_NOT_READ: Rule = Rule {
    code: "picture-not-read",
    severity: Severity::Remark,
    meaning: Text::of(
        "A picture could not be had from Lucca this time.",
        "Une photo n'a pas pu être obtenue de Lucca cette fois-ci.",
    ),
    correction: Text::of(
        "Nothing is to be done at first: the next run tries again. If it goes on, see whether the key may see pictures.",
        "Rien à faire dans un premier temps : la prochaine exécution essaie de nouveau. Si cela dure, vérifiez que la clé \
         a le droit de voir les photos.",
    ),
    example: Example { wrong: "zoe: 403 Forbidden", right: "zoe.jpg: 84 kB" },
};

pub static PICTURE_REFUSED: Rule = Rule {
    code: "picture-refused",
    severity: Severity::Remark,
    meaning: Text::of(
        "A picture is larger than the site allows, or no image; it is not delivered.",
        "Une photo est plus grosse que la configuration ne le permet, ou n'est pas une image ; elle n'est pas livrée.",
    ),
    correction: Text::of("Replace it in Lucca.", "Remplacez-la dans Lucca."),
    example: Example { wrong: "zoe: a PDF of 9 MB", right: "zoe: a JPEG of 80 kB" },
};

pub static PICTURE_GONE: Rule = Rule {
    code: "picture-gone",
    severity: Severity::Remark,
    meaning: Text::of(
        "Somebody has no picture any more, and the partner still has the one that it was given.",
        "Quelqu'un n'a plus de photo, et le partenaire a encore celle qui lui a été donnée.",
    ),
    correction: Text::of(
        "Ask the partner to delete it, if it must not stay there.",
        "Demandez au partenaire de la supprimer, si elle ne doit pas y rester.",
    ),
    example: Example { wrong: "zoe.jpg at the partner, none in Lucca", right: "zoe.jpg at the partner and in Lucca" },
};
