//! Files of listings as they come in.

use kernel::words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::model::{ImportMode, ImportStatus, ImportWish};

words! {
    /// A form of parts has only texts.
    pub enum Flag {
        /// Yes.
        True = "true", "是", "yes";
        /// No.
        False = "false", "否", "no";
    }
}

/// What is to be done with a file of listings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportForm {
    mode: ImportMode,
    dry_run: Option<Flag>,
    submit: Option<Flag>,
}

impl From<ImportForm> for ImportWish {
    fn from(form: ImportForm) -> Self {
        let is_true = |flag: Option<Flag>| flag == Some(Flag::True);
        Self { mode: form.mode, dry_run: is_true(form.dry_run), submit: is_true(form.submit) }
    }
}

/// A file of listings, and what is to be done with it.
#[derive(ToSchema)]
#[schema(as = ListingImportForm)]
#[allow(dead_code, reason = "describes what `web::Upload` receives")]
pub(super) struct ImportFormParts {
    /// An `.xlsx` workbook, or a `.csv` table in UTF-8, UTF-16 or GB18030 with commas, semicolons or
    /// tabs between its columns; at most 20 MiB, 50000 rows and 100 columns. The first row names the
    /// columns as the template does, in Chinese or by their names in the API.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// What becomes of the right rows if others are wrong.
    mode: ImportMode,
    /// Only look at it: nothing is written.
    #[schema(value_type = bool, required = false, default = false)]
    dry_run: Option<Flag>,
    /// Submit the listings at once.
    #[schema(value_type = bool, required = false, default = false)]
    submit: Option<Flag>,
}

/// Which imports are listed.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportFilterForm {
    /// Where they stand.
    #[param(inline)]
    pub(super) status: Option<ImportStatus>,
}
