//! Files that people hand in.

words! {
    /// What a file is.
    pub enum FileType {
        /// Portable Document Format.
        Pdf = "pdf", "PDF 文档", "PDF document";
        /// A picture.
        Png = "png", "PNG 图片", "PNG picture";
        /// A photograph.
        Jpeg = "jpeg", "JPEG 图片", "JPEG picture";
        /// A picture.
        Webp = "webp", "WebP 图片", "WebP picture";
        /// Word, without macros.
        Docx = "docx", "Word 文档", "Word document";
        /// Excel, without macros.
        Xlsx = "xlsx", "Excel 工作簿", "Excel workbook";
        /// PowerPoint, without macros.
        Pptx = "pptx", "PowerPoint 演示文稿", "PowerPoint presentation";
        /// Text in UTF-8 or GB18030.
        Text = "text", "纯文本", "plain text";
        /// A table as text.
        Csv = "csv", "CSV 表格", "CSV table";
    }
}

impl FileType {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// The extensions that it goes by, the usual one first.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Text => &["txt"],
            Self::Csv => &["csv"],
        }
    }
}
