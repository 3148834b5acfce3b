//! Which column is which: guessed from its header, shown, and corrected by a person.

use std::fmt;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $($word:literal)*;)*) => {
        /// What a column holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word on the command line.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Headers that mean this, in small letters and digits only.
            fn words(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$code, $($word,)*],)* }
            }
        }
    };
}

fields! {
    /// Given names.
    Given = "given": "givenname" "givennames" "first" "firstname" "firstnames" "forename"
        "forenames" "vorname" "vornamen" "prenom" "nombre" "nome" "voornaam";
    /// Family name.
    Family = "family": "familyname" "last" "lastname" "surname" "nachname" "familienname" "nom"
        "nomdefamille" "apellido" "apellidos" "cognome" "achternaam";
    /// The whole name.
    FullName = "name": "fullname" "patient" "patientname" "namefull" "nomcomplet"
        "nombrecompleto" "vollername";
    /// What stands before the name.
    Title = "title": "prefix" "salutation" "titel" "anrede";
    /// Day of birth.
    BirthDate = "birth": "birthdate" "birthday" "dateofbirth" "dob" "born" "geburtsdatum"
        "geburtstag" "geboren" "gebdatum" "datedenaissance" "naissance" "fechadenacimiento"
        "nacimiento" "datadinascita" "geboortedatum";
    /// A telephone number; several columns may hold one.
    Phone = "phone": "phonenumber" "mobile" "mobilephone" "mobilenumber" "cell" "cellphone" "tel"
        "telephone" "telefon" "telefonnummer" "handy" "mobil" "telefono" "movil" "portable"
        "homephone" "workphone" "phone1" "phone2" "landline" "festnetz" "telefoon" "contactnumber";
    /// E-mail address.
    Email = "email": "mail" "emailaddress" "mailaddress" "courriel" "correo" "correoelectronico"
        "emailadresse";
    /// A line of the address above the city; several columns may hold one.
    Line = "address": "street" "addressline" "addressline1" "addressline2" "addressline3"
        "address1" "address2" "address3" "streetaddress" "strasse" "straße" "adresse" "anschrift"
        "rue" "direccion" "calle" "indirizzo" "house" "housenumber" "hausnummer";
    /// City or town.
    City = "city": "town" "place" "ort" "stadt" "ville" "ciudad" "citta" "plaats" "wohnort";
    /// State, county or region.
    Region = "region": "state" "county" "province" "bundesland" "kanton" "canton" "provincia";
    /// Postal code.
    Postcode = "postcode": "postalcode" "zip" "zipcode" "plz" "postleitzahl" "codepostal" "cp"
        "codigopostal" "cap";
    /// Country.
    Country = "country": "land" "pays" "pais" "paese";
    /// Language, as a tag such as `de`.
    Language = "language": "lang" "preferredlanguage" "sprache" "langue" "idioma" "lingua";
    /// The number in the old system.
    Identifier = "number": "id" "identifier" "patientid" "patientnumber" "patientno" "no" "nr"
        "mrn" "chart" "chartnumber" "chartno" "recordnumber" "patientennummer" "patientennr"
        "nhsnumber" "externalid";
    /// Administrative gender.
    Gender = "gender": "sex" "geschlecht" "sexe" "sexo" "genere" "geslacht";
}

impl Field {
    /// From the word on the command line.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.code() == code)
    }

    fn from_header(header: &str) -> Option<Self> {
        let header = plain(header);
        Self::ALL
            .iter()
            .copied()
            .find(|f| f.words().contains(&header.as_str()))
    }

    fn may_repeat(self) -> bool {
        matches!(self, Self::Phone | Self::Line)
    }
}

/// A header in small letters without accents, signs and spaces.
fn plain(header: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    header
        .nfkd()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// There is no column of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchColumn;

impl fmt::Display for NoSuchColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such column in the list")
    }
}

impl std::error::Error for NoSuchColumn {}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(String, Option<Field>)>,
}

impl Mapping {
    /// Guesses from the headers. Of two columns for one field, the first is taken.
    pub(super) fn guess<'a>(headers: impl Iterator<Item = &'a str>) -> Self {
        let mut columns: Vec<(String, Option<Field>)> = Vec::new();
        for header in headers {
            let field = Field::from_header(header)
                .filter(|f| f.may_repeat() || columns.iter().all(|(_, taken)| *taken != Some(*f)));
            columns.push((super::cell(header), field));
        }
        Self { columns }
    }

    /// Says what a column holds; `None` for nothing that is kept. A column that held it before does
    /// not any more, unless several may.
    ///
    /// # Errors
    /// When no column has that header.
    pub fn set(&mut self, header: &str, field: Option<Field>) -> Result<(), NoSuchColumn> {
        let wanted = plain(header);
        let at = self.columns.iter().position(|(h, _)| plain(h) == wanted);
        let at = at.ok_or(NoSuchColumn)?;
        for (place, (_, held)) in self.columns.iter_mut().enumerate() {
            if place == at {
                *held = field;
            } else if *held == field && field.is_some_and(|f| !f.may_repeat()) {
                *held = None;
            }
        }
        Ok(())
    }

    /// Every column with what it holds.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Option<Field>)> {
        self.columns
            .iter()
            .map(|(header, field)| (header.as_str(), *field))
    }

    pub(super) fn has_name(&self) -> bool {
        let is_name = |f| matches!(f, Field::Given | Field::Family | Field::FullName);
        self.columns
            .iter()
            .any(|(_, held)| held.is_some_and(is_name))
    }

    /// The cells of a row that hold something.
    pub(super) fn all<'a>(
        &'a self,
        row: &'a csv::StringRecord,
        field: Field,
    ) -> impl Iterator<Item = &'a str> {
        let held = self.columns.iter().zip(row.iter());
        held.filter(move |((_, held), _)| *held == Some(field))
            .map(|(_, cell)| cell)
    }

    pub(super) fn first<'a>(&'a self, row: &'a csv::StringRecord, field: Field) -> &'a str {
        self.all(row, field).next().unwrap_or_default()
    }
}
