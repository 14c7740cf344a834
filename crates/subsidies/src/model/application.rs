//! Applications: what no contract triggers.

use chrono::NaiveDate;
use kernel::{Fen, words};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::model::policy::Instrument;

words! {
    /// Whose laboratory or centre a platform is.
    pub enum PlatformLevel {
        /// 国家级.
        National = "national", "国家级", "national";
        /// 省部级.
        Ministerial = "ministerial", "省部级", "ministerial or provincial";
        /// 其他.
        Other = "other", "其他", "other";
    }
}

words! {
    /// What an incubator was recognised as.
    pub enum IncubatorLevel {
        /// 国家级科技孵化器.
        National = "national", "国家级科技孵化器", "national incubator";
        /// 国家级星创天地.
        StarInnovationSpace = "star_innovation_space", "星创天地", "star-innovation space";
        /// 省级.
        Provincial = "provincial", "省级", "provincial";
        /// 市级.
        Municipal = "municipal", "市级", "municipal";
    }
}

words! {
    /// How an alliance was assessed.
    pub enum AssessmentMark {
        /// 优秀.
        Excellent = "excellent", "优秀", "excellent";
        /// 良好.
        Good = "good", "良好", "good";
        /// 合格.
        Qualified = "qualified", "合格", "qualified";
        /// 不合格.
        Unqualified = "unqualified", "不合格", "unqualified";
    }
}

/// A joint R&D platform (art. 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RdPlatformFacts {
    /// The sum that the other measure has set.
    pub amount_set_fen: Fen,
    /// Was it built jointly with an enterprise of Xining?
    pub joint: bool,
    /// Whose laboratory or centre it is.
    pub level: PlatformLevel,
}

/// An academician or expert workstation (art. 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkstationFacts {
    /// The sum that the other measure has set.
    pub amount_set_fen: Fen,
    /// Has the province approved it?
    pub province_approved: bool,
    /// Is it in use?
    pub in_use: bool,
}

/// A pilot-scale platform (art. 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PilotPlatformFacts {
    /// Is it new?
    pub newly_built: bool,
    /// The R&D investment of each preceding year, in order.
    #[schema(min_items = 1, max_items = 20)]
    pub rd_investment_fen: Vec<Fen>,
}

/// An incubator or star-innovation space (art. 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncubatorFacts {
    /// What it was recognised as.
    pub level: IncubatorLevel,
    /// For the first time?
    pub newly_recognised: bool,
}

/// An innovation alliance or association (art. 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceFacts {
    /// When it was founded.
    pub established_on: NaiveDate,
    /// When it was assessed.
    pub assessed_on: NaiveDate,
    /// With which mark.
    pub assessment: AssessmentMark,
}

/// A title of a joint technology entity (art. 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntityTitleFacts {
    /// Was the entity founded by an enterprise with a university or institute?
    pub joint_entity: bool,
    /// The title it grew into.
    #[schema(example = "high_tech_enterprise", max_length = 100)]
    pub title: String,
    /// Titles that were rewarded before.
    #[schema(max_items = 20)]
    pub titles_before: Vec<String>,
}

/// A major project, decided case by case (art. 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MajorProjectFacts {
    /// The sum decided.
    pub decided_amount_fen: Fen,
    /// The recorded decision.
    #[schema(example = "西科发〔2026〕1号", max_length = 100)]
    pub decision_reference: String,
}

/// The income of a conversion (art. 14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomeFacts {
    /// Net income, or the value of the shares.
    pub net_income_fen: Fen,
}

/// An application, by what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Application {
    /// Art. 3.
    RdPlatform(RdPlatformFacts),
    /// Art. 3.
    Workstation(WorkstationFacts),
    /// Art. 4.
    PilotPlatform(PilotPlatformFacts),
    /// Art. 5.
    Incubator(IncubatorFacts),
    /// Art. 7.
    Alliance(AllianceFacts),
    /// Art. 8.
    EntityTitle(EntityTitleFacts),
    /// Art. 6.
    MajorProject(MajorProjectFacts),
    /// Art. 14.
    IncomeDistribution(IncomeFacts),
}

impl Application {
    /// What it is for.
    #[must_use]
    pub const fn instrument(&self) -> Instrument {
        match self {
            Self::RdPlatform(_) => Instrument::RdPlatform,
            Self::Workstation(_) => Instrument::Workstation,
            Self::PilotPlatform(_) => Instrument::PilotPlatform,
            Self::Incubator(_) => Instrument::Incubator,
            Self::Alliance(_) => Instrument::Alliance,
            Self::EntityTitle(_) => Instrument::EntityTitle,
            Self::MajorProject(_) => Instrument::MajorProject,
            Self::IncomeDistribution(_) => Instrument::IncomeDistribution,
        }
    }
}

/// Reads an application's facts as the type that its instrument asks for.
pub trait ReadFacts {
    /// What is said of facts that do not fit.
    type Error;

    /// Reads them.
    ///
    /// # Errors
    /// If they do not fit.
    fn read<T: DeserializeOwned>(self) -> Result<T, Self::Error>;
}

impl ReadFacts for serde_json::Value {
    type Error = serde_json::Error;

    fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self)
    }
}

impl Application {
    /// The application for this instrument with these facts.
    ///
    /// # Errors
    /// If the facts are not those that the instrument asks for.
    pub fn read<R: ReadFacts>(instrument: Instrument, facts: R) -> Result<Self, R::Error> {
        Ok(match instrument {
            Instrument::RdPlatform => Self::RdPlatform(facts.read()?),
            Instrument::Workstation => Self::Workstation(facts.read()?),
            Instrument::PilotPlatform => Self::PilotPlatform(facts.read()?),
            Instrument::Incubator => Self::Incubator(facts.read()?),
            Instrument::Alliance => Self::Alliance(facts.read()?),
            Instrument::EntityTitle => Self::EntityTitle(facts.read()?),
            Instrument::MajorProject => Self::MajorProject(facts.read()?),
            Instrument::IncomeDistribution => Self::IncomeDistribution(facts.read()?),
        })
    }
}
