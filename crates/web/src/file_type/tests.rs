use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

fn found(bytes: &[u8], name: &str) -> Result<FileType, String> {
    file_type(&mut Cursor::new(bytes), &FileName::of(name)).map_err(|failure| {
        failure.refusal().map_or_else(|| failure.to_string(), |r| r.fields[0].fault.code.clone())
    })
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn types(main: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/\
         content-types\"><Override PartName=\"/main.xml\" ContentType=\"application/{main}\"/>\
         {more}</Types>"
    )
}

const DOCX: &str = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const XLSX: &str = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const PPTX: &str = "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";

fn office(main: &str) -> Vec<u8> {
    archive(&[("[Content_Types].xml", &types(main, "")), ("main.xml", "<x/>")])
}

fn png() -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    [&head[..], b"\0\0\0\0IEND\xAE\x42\x60\x82"].concat()
}

fn jpeg() -> Vec<u8> {
    [&b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..], b"\xFF\xD9"].concat()
}

fn webp() -> Vec<u8> {
    [&b"RIFF\x0C\0\0\0WEBPVP8 "[..], b"\0\0\0\0"].concat()
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".to_vec()
}

#[test]
fn the_content_decides_and_not_the_name() {
    let gb18030 = encoding_rs::GB18030.encode("编号,名称\r\n1,超疏水涂层\r\n").0.into_owned();
    for (bytes, name, kind) in [
        (pdf(), "a.exe", FileType::Pdf),
        (png(), "a.pdf", FileType::Png),
        (jpeg(), "a.png", FileType::Jpeg),
        ([jpeg(), vec![0; 64]].concat(), "zeros.jpg", FileType::Jpeg),
        (webp(), "a.txt", FileType::Webp),
        (office(DOCX), "a.xlsx", FileType::Docx),
        (office(XLSX), "a.zip", FileType::Xlsx),
        (office(PPTX), "a", FileType::Pptx),
        ("说明\n第二行\t制表".as_bytes().to_vec(), "a.pdf", FileType::Text),
        ("\u{FEFF}说明".as_bytes().to_vec(), "bom.txt", FileType::Text),
        (gb18030, "表.CSV", FileType::Csv),
        (b"a,b\n1,2\n".to_vec(), "a.csv", FileType::Csv),
        ("MZ-12 型密封圈".as_bytes().to_vec(), "a.txt", FileType::Text),
        ("BM25 检索".as_bytes().to_vec(), "a.txt", FileType::Text),
    ] {
        assert_eq!(found(&bytes, name), Ok(kind), "{name}");
    }
    // Longer than what is decoded at once, with a character across the border of two pieces.
    let long = "汉".repeat(60_000);
    assert_eq!(found(long.as_bytes(), "a"), Ok(FileType::Text));
}

#[test]
fn what_nobody_should_open_is_refused_by_name() {
    let html_gb = encoding_rs::GB18030.encode("<html>标题</html>").0.into_owned();
    let elf = [&b"\x7FELF\x02\x01\x01\0"[..], &[0; 64]].concat();
    let ole = [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600]].concat();
    for (bytes, name, code) in [
        (Vec::new(), "a.pdf", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "a.svg", "file_type_not_allowed"),
        (b"  \n<!DOCTYPE html><script>x</script>".to_vec(), "a.txt", "file_type_not_allowed"),
        (b"\xEF\xBB\xBF<?xml version='1.0'?><svg/>".to_vec(), "a.png", "file_type_not_allowed"),
        (html_gb, "a.txt", "file_type_not_allowed"),
        (b"#!/bin/sh\nrm -rf /\n".to_vec(), "a.txt", "file_type_not_allowed"),
        (b"MZ\x90\0\x03\0\0\0\x04\0".to_vec(), "a.pdf", "file_type_not_allowed"),
        (elf, "a.pdf", "file_type_not_allowed"),
        (ole, "a.doc", "file_type_not_allowed"),
        (b"GIF89a\x01\0\x01\0;".to_vec(), "a.gif", "file_type_not_allowed"),
        (b"text with\0a zero".to_vec(), "a.txt", "file_type_not_allowed"),
        (b"text \x1b[31m".to_vec(), "a.txt", "file_type_not_allowed"),
        (b"\xFF\xFEa\0b\0".to_vec(), "utf16.txt", "file_type_not_allowed"),
        (b"\x81\x20\xFF".to_vec(), "broken.txt", "file_type_not_allowed"),
        (archive(&[("a.txt", "x")]), "a.docx", "file_type_not_allowed"),
    ] {
        assert_eq!(found(&bytes, name), Err(code.to_owned()), "{name}");
    }
}

#[test]
fn macros_are_refused_wherever_they_hide() {
    let kind = |main: &str, more: &str| types(main, more);
    let part = |kind: &str| format!("<Override PartName=\"/x\" ContentType=\"{kind}\"/>");
    let macro_main = "vnd.ms-word.document.macroEnabled.main+xml";
    for parts in [
        vec![("[Content_Types].xml", kind(macro_main, ""))],
        vec![("[Content_Types].xml", kind(DOCX, "")), ("word/vbaProject.bin", String::new())],
        vec![("[Content_Types].xml", kind(XLSX, "")), ("xl/macrosheets/sheet1.xml", String::new())],
        vec![("[Content_Types].xml", kind(DOCX, "")), ("word/activeX/activeX1.xml", String::new())],
        vec![("[Content_Types].xml", kind(DOCX, &part("application/vnd.ms-office.vbaProject")))],
        // Spelled so that a search for the word would not find it.
        vec![(
            "[Content_Types].xml",
            kind(DOCX, &part("application/vnd.ms-office.vba&#x50;roject")),
        )],
        vec![("[Content_Types].xml", kind(XLSX, &part("application/vnd.ms-excel.macrosheet+xml")))],
    ] {
        let parts: Vec<(&str, &str)> = parts.iter().map(|(n, c)| (*n, c.as_str())).collect();
        assert_eq!(
            found(&archive(&parts), "a.docx"),
            Err("file_has_macros".to_owned()),
            "{parts:?}"
        );
    }
}

#[test]
fn a_file_is_one_thing_only() {
    let inside = archive(&[("evil.class", "x")]);
    for carrier in [pdf(), png(), jpeg(), webp()] {
        let both = [carrier.clone(), inside.clone()].concat();
        assert_eq!(found(&both, "a"), Err("file_ambiguous".to_owned()));
        let after = [carrier, b"<script>alert(1)</script>".repeat(200)].concat();
        assert_eq!(found(&after, "a"), Err("file_damaged".to_owned()));
    }
    let before = [pdf(), office(DOCX)].concat();
    assert_eq!(found(&before, "a.docx"), Err("file_ambiguous".to_owned()));
    let behind = [office(DOCX), pdf()].concat();
    assert_eq!(found(&behind, "a.docx"), Err("file_damaged".to_owned()));
    let cut = office(DOCX);
    assert_eq!(found(&cut[..cut.len() - 5], "a.docx"), Err("file_damaged".to_owned()));
    assert_eq!(found(&png()[..30], "a.png"), Err("file_damaged".to_owned()));
    let doctype = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Types/>";
    let entities = archive(&[("[Content_Types].xml", doctype)]);
    assert_eq!(found(&entities, "a.docx"), Err("file_damaged".to_owned()));
    let climbing = archive(&[("[Content_Types].xml", &types(DOCX, "")), ("../../etc/x", "x")]);
    assert_eq!(found(&climbing, "a.docx"), Err("file_damaged".to_owned()));
}

#[test]
fn a_bomb_is_refused_without_being_unpacked() {
    let zeros = "0".repeat(50 << 20);
    let bomb = archive(&[("[Content_Types].xml", &types(XLSX, "")), ("xl/a.xml", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(found(&bomb, "a.xlsx"), Err("file_too_large_unpacked".to_owned()));
}

#[test]
fn anything_at_all_is_answered() {
    use proptest::prelude::*;
    let starts: [&[u8]; 6] =
        [b"", b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"<"];
    proptest!(|(start in 0..starts.len(), rest in proptest::collection::vec(any::<u8>(), 0..300))| {
        let _ = found(&[starts[start], &rest].concat(), "a");
    });
}

#[test]
fn a_list_of_parts_that_is_too_long_is_not_read() {
    let mut file = office(DOCX);
    let size = file.len() - 10;
    file[size..size + 4].copy_from_slice(&u32::to_le_bytes(2 << 20));
    assert_eq!(found(&file, "a.docx"), Err("file_too_large_unpacked".to_owned()));
    let mut file = office(DOCX);
    let last = file.len() - 22;
    let locator = [&b"PK\x06\x07"[..], &[0; 16]].concat();
    file.splice(last..last, locator);
    assert_eq!(found(&file, "a.docx"), Err("file_too_large_unpacked".to_owned()));
}

#[test]
fn what_is_fetched_or_run_when_a_document_is_opened_is_refused() {
    let relation = |kind: &str, mode: &str| {
        format!(
            "<Relationships><Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/\
             officeDocument/2006/relationships/{kind}\" Target=\"x\"{mode}/></Relationships>"
        )
    };
    let outside = " TargetMode=\"External\"";
    let spelled = " TargetMode=\"&#x45;xternal\"";
    let part = "<Default Extension=\"bin\" ContentType=\"application/vnd.openxmlformats-\
                officedocument.oleObject\"/>";
    let (plain, object) = (types(DOCX, ""), types(DOCX, part));
    for (kinds, name, content, code) in [
        (
            &plain,
            "word/_rels/settings.xml.rels",
            relation("attachedTemplate", outside),
            "file_leads_outside",
        ),
        (
            &plain,
            "word/_rels/settings.xml.RELS",
            relation("attachedTemplate", spelled),
            "file_leads_outside",
        ),
        (&plain, "word/_rels/document.xml.rels", relation("frame", outside), "file_leads_outside"),
        (&plain, "word/_rels/document.xml.rels", relation("image", outside), "file_leads_outside"),
        (&plain, "word/_rels/document.xml.rels", relation("oleObject", ""), "file_has_objects"),
        (&plain, "word/embeddings/oleObject1.bin", String::new(), "file_has_objects"),
        (&plain, "word/embeddings/a.xlsm", String::new(), "file_has_objects"),
        (&object, "word/x.xml", String::new(), "file_has_objects"),
    ] {
        let file =
            archive(&[("[Content_Types].xml", kinds), ("main.xml", "<x/>"), (name, &content)]);
        assert_eq!(found(&file, "a.docx"), Err(code.to_owned()), "{name} {content}");
    }
    for (name, content) in [
        ("word/_rels/document.xml.rels", relation("hyperlink", outside)),
        ("word/_rels/settings.xml.rels", relation("attachedTemplate", "")),
        ("word/embeddings/Microsoft_Excel_Sheet1.xlsx", String::new()),
    ] {
        let file =
            archive(&[("[Content_Types].xml", &plain), ("main.xml", "<x/>"), (name, &content)]);
        assert_eq!(found(&file, "a.docx"), Ok(FileType::Docx), "{name}");
    }
}
