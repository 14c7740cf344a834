//! Large contents, kept outside of the database: in a folder, or in a store that speaks S3.
//!
//! An object is written before the row that names it, and removed after the row is gone; so a row
//! never names what is not there. What is left without a row, because something broke in between,
//! is found by [`Objects::older_than`] and swept by its owner.

use std::{
    fs::File,
    io::SeekFrom,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt, ObjectStoreScheme,
    PutMode, PutOptions, PutPayload, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path as Key, prefix::PrefixStore,
};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use url::Url;

use crate::{Failure, Outcome, refusals};

/// Written at once; of a larger object so much is in memory at a time. S3 takes no smaller parts.
const PART: usize = 5 * 1024 * 1024;

/// How long a store may say nothing while it answers.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// The name of the mark by which a store is told from another.
const MARK: &str = "market-mark";

/// Where large contents are; cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The folder, if it is one of this machine.
    folder: Option<PathBuf>,
}

/// The bytes of an object.
pub type ObjectBytes = BoxStream<'static, anyhow::Result<Bytes>>;

impl Objects {
    /// The store at `url`: `s3://bucket/prefix`, with the usual `AWS_…` variables, or
    /// `file:///folder`.
    ///
    /// # Errors
    /// A sentence for whoever runs the market.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let url = Url::parse(url).with_context(|| format!("`{url}` is not an address"))?;
        let (scheme, prefix) = ObjectStoreScheme::parse(&url)?;
        if scheme == ObjectStoreScheme::Local {
            return Self::in_folder(Path::new(url.path()));
        }
        if scheme != ObjectStoreScheme::AmazonS3 {
            bail!("`{url}`: large contents are kept at s3://bucket/prefix or file:///folder");
        }
        let retry = RetryConfig {
            max_retries: 3,
            retry_timeout: Duration::from_secs(20),
            ..RetryConfig::default()
        };
        // A whole answer may take as long as a slow reader needs; each piece of it may not.
        let client =
            ClientOptions::new().with_timeout_disabled().with_read_timeout(LONGEST_SILENCE);
        let bucket = AmazonS3Builder::from_env()
            .with_client_options(client)
            .with_url(url.as_str())
            .with_retry(retry);
        let bucket = bucket.build().context("the S3 store")?;
        Ok(Self { store: Arc::new(PrefixStore::new(bucket, prefix)), folder: None })
    }

    /// The store in a folder, which is made if it is not there. What is written is on the disk
    /// before anybody hears of it.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let made = std::fs::create_dir_all(folder);
        made.with_context(|| format!("making the folder {}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// The mark by which the store is told from another, if it has one.
    ///
    /// # Errors
    /// 503 if the store does not answer.
    pub async fn mark(&self) -> Outcome<Option<String>> {
        match self.store.get(&Key::from(MARK)).await {
            Ok(found) => {
                let bytes = found.bytes().await.map_err(|error| unavailable(&error))?;
                Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Marks the store, unless it is marked already.
    ///
    /// # Errors
    /// 503 if the store does not answer.
    pub async fn set_mark(&self, mark: &str) -> Outcome<()> {
        let mark = PutPayload::from(mark.to_owned());
        let options = PutOptions::from(PutMode::Create);
        match self.store.put_opts(&Key::from(MARK), mark, options).await {
            Ok(_) | Err(Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Keeps the content of a file under a key that is not used yet.
    ///
    /// # Errors
    /// 503 if the store does not answer.
    pub async fn put(&self, key: &str, file: File) -> Outcome<()> {
        self.put_parts(&Key::from(key), file).await.map_err(|error| {
            tracing::error!(key, error = format!("{error:#}"), "an object could not be kept");
            refusals::UNAVAILABLE.refuse().into()
        })
    }

    async fn put_parts(&self, key: &Key, file: File) -> anyhow::Result<()> {
        let mut file = tokio::fs::File::from_std(file);
        file.seek(SeekFrom::Start(0)).await?;
        let first = next_part(&mut file).await?;
        if first.len() < PART {
            self.store.put(key, PutPayload::from(first)).await?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(key).await?;
        let mut part = first;
        let written = async {
            while !part.is_empty() {
                upload.put_part(PutPayload::from(part)).await?;
                part = next_part(&mut file).await?;
            }
            anyhow::Ok(())
        };
        let written = written.await;
        match written {
            Ok(()) => {
                upload.complete().await?;
                Ok(())
            }
            Err(error) => {
                // What cannot be taken back is no object yet; S3 forgets it by a rule of its bucket.
                let _ = upload.abort().await;
                Err(error)
            }
        }
    }

    /// The bytes of a part of an object.
    ///
    /// # Errors
    /// 404 if there is no such object, 503 if the store does not answer.
    pub async fn read(&self, key: &str, part: RangeInclusive<u64>) -> Outcome<ObjectBytes> {
        let (from, to) = part.into_inner();
        let range = Some(GetRange::Bounded(from..to.saturating_add(1)));
        let options = GetOptions { range, ..GetOptions::default() };
        match self.store.get_opts(&Key::from(key), options).await {
            Ok(found) => Ok(found.into_stream().map_err(anyhow::Error::new).boxed()),
            Err(Error::NotFound { .. }) => {
                tracing::error!(key, "an object is gone that a row names");
                Err(refusals::NOT_FOUND.refuse().into())
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Removes an object; one that is gone already is no mistake.
    ///
    /// # Errors
    /// 503 if the store does not answer.
    pub async fn remove(&self, key: &str) -> Outcome<()> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The names, under a prefix, of the objects that were written before an instant.
    pub fn older_than(
        &self,
        prefix: &str,
        before: DateTime<Utc>,
    ) -> BoxStream<'static, Outcome<String>> {
        let prefix = Key::from(prefix);
        let names = self.store.list(Some(&prefix)).try_filter_map(move |object| {
            let old = object.last_modified < before;
            let name = object.location.filename().map(str::to_owned);
            std::future::ready(Ok(name.filter(|_| old)))
        });
        names.map_err(|error| unavailable(&error)).boxed()
    }

    /// Removes what a server that was killed had begun to write under a prefix before an instant:
    /// it is no object yet, so that no list names it. In S3 a rule of the bucket does this.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub async fn remove_unfinished(
        &self,
        prefix: &str,
        before: DateTime<Utc>,
    ) -> anyhow::Result<usize> {
        let Some(folder) = self.folder.as_ref().map(|folder| folder.join(prefix)) else {
            return Ok(0);
        };
        tokio::task::spawn_blocking(move || unfinished(&folder, before)).await?
    }
}

/// Removes old files that are called like an object, `#`, and a number.
fn unfinished(folder: &Path, before: DateTime<Utc>) -> anyhow::Result<usize> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let mut removed = 0_usize;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_unfinished = entry.file_name().to_string_lossy().contains('#');
        if is_unfinished && DateTime::<Utc>::from(entry.metadata()?.modified()?) < before {
            std::fs::remove_file(entry.path())?;
            removed = removed.saturating_add(1);
        }
    }
    Ok(removed)
}

/// The next part of a file; shorter only at its end.
async fn next_part(file: &mut tokio::fs::File) -> std::io::Result<Bytes> {
    let mut part = BytesMut::with_capacity(64 * 1024);
    while part.len() < PART {
        let room = u64::try_from(PART.saturating_sub(part.len())).unwrap_or(0);
        if (&mut *file).take(room).read_buf(&mut part).await? == 0 {
            break;
        }
        part.reserve(64 * 1024);
    }
    Ok(part.freeze())
}

fn unavailable(error: &Error) -> Failure {
    tracing::error!(%error, "the store of large contents does not answer");
    refusals::UNAVAILABLE.refuse().into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    async fn whole(objects: &Objects, key: &str, part: RangeInclusive<u64>) -> Vec<u8> {
        let bytes = objects.read(key, part).await.unwrap();
        let pieces: Vec<Bytes> = bytes.try_collect().await.unwrap();
        pieces.concat()
    }

    #[tokio::test]
    async fn what_is_kept_is_read_in_parts_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            objects.put("things/a", file(&bytes)).await.unwrap();
            if length > 0 {
                let end = u64::try_from(length).unwrap() - 1;
                assert_eq!(whole(&objects, "things/a", 0..=end).await, bytes, "{length}");
                assert_eq!(whole(&objects, "things/a", end..=end).await, bytes[length - 1..]);
            }
            objects.remove("things/a").await.unwrap();
            objects.remove("things/a").await.unwrap();
        }
        let gone = objects.read("things/a", 0..=1).await.err().and_then(|f| f.refusal()).unwrap();
        assert_eq!(gone.reason.code, "not_found");
    }

    #[tokio::test]
    async fn a_store_is_marked_once() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        assert_eq!(objects.mark().await.unwrap(), None);
        objects.set_mark("one").await.unwrap();
        objects.set_mark("other").await.unwrap();
        assert_eq!(objects.mark().await.unwrap().as_deref(), Some("one"));
    }

    #[tokio::test]
    async fn old_objects_are_told_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        objects.put("things/a", file(b"a")).await.unwrap();
        let old = async |year: &str| -> Vec<String> {
            let before = format!("{year}-01-01T00:00:00Z").parse().unwrap();
            objects.older_than("things", before).try_collect().await.unwrap()
        };
        assert_eq!(old("2999").await, ["a"]);
        assert!(old("2000").await.is_empty());
        assert!(
            objects
                .older_than("others", "2999-01-01T00:00:00Z".parse().unwrap())
                .try_collect::<Vec<_>>()
                .await
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn what_a_killed_server_left_half_written_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        objects.put("things/a", file(b"a")).await.unwrap();
        std::fs::write(folder.path().join("things/b#1"), b"half").unwrap();
        let remove = async |year: &str| {
            let before = format!("{year}-01-01T00:00:00Z").parse().unwrap();
            objects.remove_unfinished("things", before).await.unwrap()
        };
        assert_eq!((remove("2000").await, remove("2999").await), (0, 1));
        assert_eq!(whole(&objects, "things/a", 0..=0).await, b"a");
    }

    #[test]
    fn only_folders_and_s3_are_stores() {
        assert!(Objects::at("https://example.cn/x").is_err());
        assert!(Objects::at("nonsense").is_err());
        let folder = tempfile::tempdir().unwrap();
        assert!(Objects::at(&format!("file://{}/deep/er", folder.path().display())).is_ok());
        assert!(folder.path().join("deep/er").is_dir());
    }
}
