//! Office files: archives of a known make, without macros, embedded objects, or what is fetched from
//! elsewhere when they are opened.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{Read, Seek},
};

use kernel::Fault;
use quick_xml::{Reader, events::Event};
use store::Outcome;
use zip::ZipArchive;

use super::{FileType, damaged, not_taken, refuse, slice};

/// More parts than any document has.
const MOST_PARTS: usize = 5_000;
/// Unpacked, a document may be so large; what is larger means to fill its reader's memory.
const MOST_UNPACKED: u64 = 1 << 30;
/// And so many times as large as packed.
const MOST_RATIO: u64 = 200;
/// The list of an archive's parts.
const TYPES: &str = "[Content_Types].xml";
const MOST_TYPES: u64 = 2 << 20;
/// What all lists of a document's relations may have.
const MOST_RELATIONS: u64 = 16 << 20;
/// An archive's last record, which must be the file's last bytes.
const LAST_RECORD: u64 = 22;
/// Where a huge archive's own last record is, said right before.
const HUGE_LOCATOR: u64 = 20;
/// In bytes.
const LONGEST_LIST: u64 = 1 << 20;

/// Which office file the archive is.
pub(super) fn which<R: Read + Seek>(file: &mut R, length: u64) -> Outcome<FileType> {
    let last = slice(file, length.saturating_sub(LAST_RECORD), LAST_RECORD)?;
    // Neither a comment nor anything else may follow: no second file hides behind.
    if !last.starts_with(b"PK\x05\x06") || !last.ends_with(&[0, 0]) {
        return Err(refuse(damaged()));
    }
    let told = last.get(10..12).and_then(|told| told.try_into().ok()).map(u16::from_le_bytes);
    expect_short_list(file, &last, length)?;
    let Ok(mut archive) = ZipArchive::new(file) else { return Err(refuse(damaged())) };
    // Of two parts of one name, this program and another might each read a different one.
    if archive.offset() != 0 || told.map(usize::from) != Some(archive.len()) {
        return Err(refuse(damaged()));
    }
    check_parts(&mut archive, length).map_err(refuse)?;
    check_relations(&mut archive).map_err(refuse)?;
    let types = content_types(&mut archive).map_err(refuse)?;
    judge(&types).map_err(refuse)
}

/// An archive's list of parts is read as a whole: it must not be longer than any document's.
fn expect_short_list<R: Read + Seek>(file: &mut R, last: &[u8], length: u64) -> Outcome<()> {
    // The form for huge archives, whose numbers stand elsewhere.
    let before = length.saturating_sub(LAST_RECORD + HUGE_LOCATOR);
    if slice(file, before, HUGE_LOCATOR)?.starts_with(b"PK\x06\x07") {
        return Err(refuse(too_large_unpacked()));
    }
    let size = last.get(12..16).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
    if size.is_none_or(|size| u64::from(size) > LONGEST_LIST) {
        return Err(refuse(too_large_unpacked()));
    }
    Ok(())
}

/// Are the parts such as a document has?
fn check_parts<R: Read + Seek>(archive: &mut ZipArchive<R>, length: u64) -> Result<(), Fault> {
    if archive.len() > MOST_PARTS {
        return Err(too_large_unpacked());
    }
    let mut unpacked = 0_u64;
    for number in 0..archive.len() {
        let part = archive.by_index_raw(number).map_err(|_| damaged())?;
        let name = part.name().map_or_else(|_| String::new(), |name| name.to_ascii_lowercase());
        if part.encrypted() {
            return Err(Fault::new(
                "file_encrypted",
                "文件设有密码,不予接受",
                "the file is protected by a password, and is not taken",
            ));
        }
        if name.is_empty() || name.contains("..") || name.starts_with('/') || name.contains('\\') {
            return Err(damaged());
        }
        if ["vbaproject", "/macrosheets/", "/activex/", "vbadata"].iter().any(|m| name.contains(m))
        {
            return Err(has_macros());
        }
        if is_object(&name) {
            return Err(has_objects());
        }
        unpacked = unpacked.saturating_add(part.size());
    }
    if unpacked > MOST_UNPACKED || unpacked > length.saturating_mul(MOST_RATIO) {
        return Err(too_large_unpacked());
    }
    Ok(())
}

/// Is a part of this name something that another program runs or opens by itself? The tables behind
/// a document's charts are embedded as well, and are none.
fn is_object(name: &str) -> bool {
    let Some((_, embedded)) = name.split_once("/embeddings/") else { return false };
    !["xlsx", "docx", "pptx"].iter().any(|known| embedded.ends_with(&format!(".{known}")))
}

/// Does no part lead to what lies outside of the document, and is fetched when it is opened? A link
/// that somebody has to click on is none of this.
fn check_relations<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), Fault> {
    let names = archive.file_names().map(|name| name.map(|name| name.into_owned()));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(|_| damaged())?;
    let relations = names.iter().filter(|name| name.to_ascii_lowercase().ends_with(".rels"));
    let mut left = MOST_RELATIONS;
    for name in relations {
        let part = archive.by_name(name).map_err(|_| damaged())?;
        let text = text_of(part, left)?;
        left = left.saturating_sub(u64::try_from(text.len()).unwrap_or(u64::MAX));
        each_element(&text, |relation| {
            let kind = relation.get("type").map(String::as_str).unwrap_or_default();
            if kind.ends_with("/oleobject") || kind.ends_with("/control") {
                return Err(has_objects());
            }
            let is_outside = relation.get("targetmode").is_some_and(|mode| mode == "external");
            if is_outside && !kind.ends_with("/hyperlink") {
                return Err(leads_outside());
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The types that the archive says its parts have, in lower case.
fn content_types<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<String>, Fault> {
    let Ok(part) = archive.by_name(TYPES) else { return Err(not_taken("ZIP")) };
    let mut types = Vec::new();
    each_element(&text_of(part, MOST_TYPES)?, |mut element| {
        types.extend(element.remove("contenttype"));
        Ok(())
    })?;
    Ok(types)
}

fn text_of(part: impl Read, most: u64) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    part.take(most).read_to_end(&mut bytes).map_err(|_| damaged())?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) >= most {
        return Err(too_large_unpacked());
    }
    String::from_utf8(bytes).map_err(|_| damaged())
}

/// Every element's attributes, names and values in lower case.
fn each_element(
    text: &str,
    mut visit: impl FnMut(HashMap<String, String>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => return Ok(()),
            // Nothing that needs one is an office file.
            Event::DocType(_) => return Err(damaged()),
            Event::Start(element) | Event::Empty(element) => {
                let mut attributes = HashMap::new();
                for attribute in element.attributes() {
                    let attribute = attribute.map_err(|_| damaged())?;
                    let name = attribute.key.local_name().as_ref().to_ascii_lowercase();
                    let value: Cow<'_, str> = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .map_err(|_| damaged())?;
                    attributes.insert(name, value.trim().to_ascii_lowercase());
                }
                visit(attributes)?;
            }
            Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

fn judge(types: &[String]) -> Result<FileType, Fault> {
    let any = |part: &str| types.iter().any(|kind| kind.contains(part));
    if ["macroenabled", "vbaproject", "macrosheet", "activex"].iter().any(|part| any(part)) {
        return Err(has_macros());
    }
    if any("oleobject") {
        return Err(has_objects());
    }
    let mains = [
        ("wordprocessingml.document.main+xml", FileType::Docx),
        ("spreadsheetml.sheet.main+xml", FileType::Xlsx),
        ("presentationml.presentation.main+xml", FileType::Pptx),
    ];
    let mut found = mains.into_iter().filter(|(main, _)| any(main)).map(|(_, kind)| kind);
    match (found.next(), found.next()) {
        (Some(kind), None) => Ok(kind),
        (Some(_), Some(_)) => Err(damaged()),
        (None, _) => Err(not_taken("ZIP")),
    }
}

fn has_macros() -> Fault {
    Fault::new(
        "file_has_macros",
        "文件含有宏或控件;请另存为不含宏的文件再上传",
        "the file has macros or controls: save it without them",
    )
}

fn has_objects() -> Fault {
    Fault::new(
        "file_has_objects",
        "文件内嵌有对象(OLE)或其他文件;请删除后再上传",
        "the file has objects (OLE) or other files embedded: save it without them",
    )
}

fn leads_outside() -> Fault {
    Fault::new(
        "file_leads_outside",
        "文件引用外部模板或外部内容,打开时会自动读取;请断开链接后再上传",
        "the file refers to a template or content elsewhere, which is fetched when it is opened: \
         break the link first",
    )
}

fn too_large_unpacked() -> Fault {
    Fault::new(
        "file_too_large_unpacked",
        "文件展开后过大",
        "the file is too large when it is unpacked",
    )
}
