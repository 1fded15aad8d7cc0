//! `openpgp` of an import: which key decrypts its files, and whose signature they must have.

use std::io::Read;
use std::path::{Path, PathBuf};

use pgp::composed::{DecryptionOptions, Edata, Esk, Message, TheRing};
use pgp::packet::{Signature, SignatureType};
use pgp::types::{KeyDetails, Timestamp, VerifyingKey};
use rpgpie::certificate::{Certificate, Checked};
use rpgpie::signature::signature_acceptable;
use serde::Deserialize;

use super::fault::Fault;
use super::partner::Partner;
use super::private_key::PrivateKey;
use super::sealing::Sealer;
use crate::model::Text;
use crate::net::secret::SecretName;
use crate::text;
use crate::transport::Error;

/// What a file may unfold to, in bytes: some ten times as much as a million rows take.
const LARGEST: u64 = 1 << 30;

/// Layers of compression that are taken off; one is usual.
const LAYERS: usize = 3;

/// Seconds that a partner's clock may be ahead of ours.
const AHEAD: u32 = 600;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Opening {
    /// Our private key, armoured.
    decrypt_with: SecretName,
    /// Of our private key.
    passphrase: Option<SecretName>,
    /// Safety has no default: whose signature a file must have, or that nobody's is asked for.
    verify: Verify,
    /// The folder of the site file.
    #[serde(skip)]
    base: PathBuf,
}

/// Written as the file of the partner's public key or keys, relative to the folder of the site file, or as "none".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "PathBuf")]
enum Verify {
    Key(PathBuf),
    Nobody,
}

impl From<PathBuf> for Verify {
    fn from(path: PathBuf) -> Verify {
        match path == Path::new("none") {
            true => Verify::Nobody,
            false => Verify::Key(path),
        }
    }
}

/// What it takes to open, read and found valid.
struct Opener {
    ours: PrivateKey,
    /// None: nobody's signature is asked for.
    partner: Option<Vec<Certificate>>,
}

impl Opening {
    /// With paths relative to this folder.
    pub fn below(self, base: &Path) -> Opening {
        Opening { base: base.into(), ..self }
    }

    /// The file of this machine that it needs, relative to the folder of the site file.
    pub fn needs(&self) -> Option<&Path> {
        match &self.verify {
            Verify::Key(path) => Some(path),
            Verify::Nobody => None,
        }
    }

    /// Which must be said at every run.
    pub fn trusts_anybody(&self) -> bool {
        self.verify == Verify::Nobody
    }

    /// What is in a partner's file. The inner error is the partner's to put right.
    ///
    /// # Errors
    /// A key of the site's cannot be used: it is missing, or the partner's has expired.
    pub fn open(&self, file: &[u8]) -> Result<Result<Vec<u8>, Fault>, Error> {
        Ok(self.read_keys()?.open(file))
    }

    /// Refused when a key is missing, or the partner's expired or revoked.
    pub fn check_keys(&self) -> Result<(), Error> {
        self.read_keys().map(drop)
    }

    fn read_keys(&self) -> Result<Opener, Error> {
        let base = &self.base;
        let ours = PrivateKey::read(&self.decrypt_with, self.passphrase.as_ref(), base)?;
        ours.check_decrypts(&self.decrypt_with)?;
        let partner = match &self.verify {
            Verify::Key(path) => Some(Partner::read(&base.join(path))?.into_signers()?),
            Verify::Nobody => None,
        };
        Ok(Opener { ours, partner })
    }

    /// What goes back to the partner, sealed for nobody else. None: the site knows no key of the partner's for that.
    pub fn seal_answer(&self, answer: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let Verify::Key(path) = &self.verify else { return Ok(None) };
        match Partner::read(&self.base.join(path))?.recipients() {
            Ok(partner) => Sealer::to(partner).seal(answer).map(Some),
            Err(_) => Ok(None),
        }
    }
}

impl Opener {
    fn open(&self, file: &[u8]) -> Result<Vec<u8>, Fault> {
        let message = self.decrypt(file)?;
        let mut message = decompressed(message)?;
        let mut content = Vec::new();
        (&mut message).take(LARGEST + 1).read_to_end(&mut content).map_err(|_| damaged())?;
        if content.len() as u64 > LARGEST {
            return Err(Fault::NotDecrypted(Text::of(
                "unfolds to more than 1 GiB, which no file of people takes",
                "donne plus de 1 Gio une fois décompressé, ce qu'aucun fichier de personnes n'occupe",
            )));
        }
        match &self.partner {
            Some(partner) => verify(&message, partner).map_err(Fault::BadSignature).map(|()| content),
            None => Ok(content),
        }
    }

    fn decrypt<'a>(&self, file: &'a [u8]) -> Result<Message<'a>, Fault> {
        let (message, _) = Message::from_reader(file).map_err(|_| match begins_well(file) {
            true => damaged(),
            false => Fault::NotDecrypted(Text::of("is not a file of OpenPGP", "n'est pas un fichier OpenPGP")),
        })?;
        // Some programs compress before they encrypt, too.
        let message = decompressed(message)?;
        let Message::Encrypted { esk, edata, .. } = &message else {
            return Err(Fault::NotDecrypted(Text::of("is not encrypted", "n'est pas chiffré")));
        };
        if let Edata::SymEncryptedData { .. } = edata {
            return Err(Fault::NotDecrypted(Text::of(
                "is encrypted in a way that does not protect it from being changed",
                "est chiffré d'une manière qui ne le protège pas d'une modification",
            )));
        }
        if !self.is_for_us(esk) {
            return Err(Fault::NotDecrypted(self.for_others()));
        }
        let ring = TheRing {
            secret_keys: vec![self.ours.key.key()],
            key_passwords: vec![&self.ours.passphrase],
            // What newer versions of GnuPG write; it is protected, too.
            decrypt_options: DecryptionOptions::new().enable_gnupg_aead(),
            ..TheRing::default()
        };
        message.decrypt_the_ring(ring, true).map(|(message, _)| message).map_err(|_| damaged())
    }

    fn is_for_us(&self, recipients: &[Esk]) -> bool {
        let ours = self.ours.key.decryption_keys_sec();
        recipients.iter().any(|recipient| match recipient {
            Esk::PublicKeyEncryptedSessionKey(session) => ours.iter().any(|key| session.match_identity(key)),
            Esk::SymKeyEncryptedSessionKey(_) => false,
        })
    }

    fn for_others(&self) -> Text {
        let ours = self.ours.key.key().fingerprint();
        text!("is not encrypted to our key {ours}", "n'est pas chiffré pour notre clé {ours}")
    }
}

/// With the key of a session for somebody, in one of its two forms; or armoured.
fn begins_well(file: &[u8]) -> bool {
    matches!(file.first(), Some(0x84..=0x86 | 0xc1)) || file.starts_with(b"-----BEGIN PGP MESSAGE-----")
}

fn decompressed(mut message: Message<'_>) -> Result<Message<'_>, Fault> {
    for _ in 0..LAYERS {
        if !message.is_compressed() {
            break;
        }
        message = message.decompress().map_err(|_| damaged())?;
    }
    Ok(message)
}

fn damaged() -> Fault {
    Fault::NotDecrypted(Text::of(
        "is damaged or incomplete: it cannot be decrypted whole",
        "est abîmé ou incomplet : il ne peut pas être déchiffré en entier",
    ))
}

/// One good signature is enough. The message was read to its end.
fn verify(message: &Message<'_>, partner: &[Certificate]) -> Result<(), Text> {
    let Message::Signed { reader, .. } = message else {
        return Err(Text::of("is not signed", "n'est pas signé"));
    };
    let mut problem = None;
    for index in 0..reader.num_signatures() {
        for certificate in partner {
            match verify_one(message, index, certificate) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(text) => problem = Some(text),
            }
        }
    }
    Err(problem.unwrap_or_else(|| {
        let keys: Vec<String> = partner.iter().map(|certificate| certificate.fingerprint().to_string()).collect();
        let keys = keys.join(", ");
        text!("is not signed by the key {keys} that we know", "n'est pas signé par la clé {keys} que nous connaissons")
    }))
}

/// False: the signature is by somebody else.
fn verify_one(message: &Message<'_>, index: usize, certificate: &Certificate) -> Result<bool, Text> {
    let Message::Signed { reader, .. } = message else { return Ok(false) };
    let checked = Checked::from(certificate.clone());
    let public = checked.as_signed_public_key();
    let parts: Vec<&dyn VerifyingKey> = std::iter::once(&public.primary_key as &dyn VerifyingKey)
        .chain(public.public_subkeys.iter().map(|part| &part.key as &dyn VerifyingKey))
        .collect();
    let claims = |part: &&&dyn VerifyingKey| {
        reader.signature(index).is_some_and(|signature| {
            signature.issuer_fingerprint().contains(&&part.fingerprint())
                || signature.issuer_key_id().contains(&&part.legacy_key_id())
        })
    };
    let Some(part) = parts.iter().find(claims) else { return Ok(false) };
    let signature = message.verify_nested_explicit(index, *part).map_err(|_| {
        Text::of(
            "has a signature that does not fit its content",
            "porte une signature qui ne correspond pas à son contenu",
        )
    })?;
    check_times(signature, &checked, *part).map(|()| true)
}

/// A part of the key that signs must be valid when it signed, and today: who has got hold of an old one can sign for an
/// old day.
fn check_times(signature: &Signature, checked: &Checked, part: &dyn VerifyingKey) -> Result<(), Text> {
    let now = Timestamp::now();
    let Some(made) = signature.created().filter(|_| is_about_data(signature) && signature_acceptable(signature)) else {
        return Err(Text::of("has a signature that is too weak to be trusted", "porte une signature trop faible"));
    };
    let lifetime = signature.signature_expiration_time().map(|lifetime| lifetime.as_secs()).filter(|time| *time > 0);
    if made.as_secs() > now.as_secs().saturating_add(AHEAD)
        || lifetime.is_some_and(|lifetime| made.as_secs().saturating_add(lifetime) < now.as_secs())
    {
        return Err(Text::of(
            "has a signature that is not valid today, by its own dates",
            "porte une signature qui n'est pas valable aujourd'hui, d'après ses propres dates",
        ));
    }
    let is_valid_at = |day| {
        let valid = checked.valid_signing_capable_component_keys_at(day);
        valid.iter().any(|valid| valid.as_componentkey().fingerprint() == part.fingerprint())
    };
    match is_valid_at(made) && is_valid_at(now) {
        true => Ok(()),
        false => Err(Text::of(
            "is signed with a key that is expired, revoked, or not made for signing",
            "est signé avec une clé expirée, révoquée ou qui n'est pas faite pour signer",
        )),
    }
}

fn is_about_data(signature: &Signature) -> bool {
    matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text))
}
