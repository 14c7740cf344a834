//! Sub-types of the five types of technology contract.

use kernel::{ContractType, words};

words! {
    /// What exactly is contracted, within one of the five types (Civil Code, arts 851, 863, 876
    /// and 878; Patent Law, art. 50; intermediary and training contracts are registered apart).
    pub enum Subtype {
        /// 委托开发 (art. 851).
        CommissionedDevelopment = "commissioned_development", "委托开发", "commissioned development";
        /// 合作开发 (art. 851).
        CooperativeDevelopment = "cooperative_development", "合作开发", "cooperative development";
        /// 专利权转让 (art. 863).
        PatentRightTransfer = "patent_right_transfer", "专利权转让", "transfer of a patent right";
        /// 专利申请权转让 (art. 863).
        PatentApplicationTransfer = "patent_application_transfer", "专利申请权转让", "transfer of a patent application";
        /// 技术秘密转让 (art. 863).
        TechnicalSecretTransfer = "technical_secret_transfer", "技术秘密转让", "transfer of a technical secret";
        /// 集成电路布图设计专有权转让 (art. 876).
        CircuitLayoutTransfer = "circuit_layout_transfer", "集成电路布图设计专有权转让", "transfer of a circuit layout design";
        /// 植物新品种权转让 (art. 876).
        PlantVarietyTransfer = "plant_variety_transfer", "植物新品种权转让", "transfer of a plant variety right";
        /// 计算机软件著作权转让 (art. 876).
        SoftwareCopyrightTransfer = "software_copyright_transfer", "计算机软件著作权转让", "transfer of a software copyright";
        /// 生物医药新品种权转让.
        BiomedicalVarietyTransfer = "biomedical_variety_transfer", "生物、医药新品种权转让", "transfer of a biomedical variety right";
        /// 技术作价入股: may be registered as a transfer.
        TechnologyAsEquity = "technology_as_equity", "技术作价入股", "technology taken as equity";
        /// 专利独占许可.
        PatentLicenceExclusive = "patent_licence_exclusive", "专利独占许可", "exclusive patent licence";
        /// 专利排他许可.
        PatentLicenceSole = "patent_licence_sole", "专利排他许可", "sole patent licence";
        /// 专利普通许可.
        PatentLicenceOrdinary = "patent_licence_ordinary", "专利普通许可", "ordinary patent licence";
        /// 专利开放许可 (Patent Law, art. 50).
        PatentLicenceOpen = "patent_licence_open", "专利开放许可", "open patent licence";
        /// 技术秘密使用许可 (art. 863).
        TechnicalSecretLicence = "technical_secret_licence", "技术秘密许可", "licence of a technical secret";
        /// 其他知识产权许可 (art. 876).
        OtherRightLicence = "other_right_licence", "其他知识产权许可", "licence of another intellectual property right";
        /// 可行性论证 (art. 878).
        FeasibilityStudy = "feasibility_study", "可行性论证", "feasibility study";
        /// 技术预测 (art. 878).
        TechnologyForecast = "technology_forecast", "技术预测", "technology forecast";
        /// 专题技术调查 (art. 878).
        SpecialSurvey = "special_survey", "专题技术调查", "special survey";
        /// 分析评价报告 (art. 878).
        AnalysisAndEvaluation = "analysis_and_evaluation", "分析评价", "analysis and evaluation";
        /// 技术服务 (art. 878).
        TechnicalService = "technical_service", "技术服务", "technical service";
        /// 技术培训 (art. 887).
        TechnicalTraining = "technical_training", "技术培训", "technical training";
        /// 技术中介 (art. 887).
        TechnicalIntermediary = "technical_intermediary", "技术中介", "technical intermediary service";
    }
}

impl Subtype {
    /// The type that it belongs to.
    #[must_use]
    pub const fn contract_type(self) -> ContractType {
        match self {
            Self::CommissionedDevelopment | Self::CooperativeDevelopment => {
                ContractType::Development
            }
            Self::PatentRightTransfer
            | Self::PatentApplicationTransfer
            | Self::TechnicalSecretTransfer
            | Self::CircuitLayoutTransfer
            | Self::PlantVarietyTransfer
            | Self::SoftwareCopyrightTransfer
            | Self::BiomedicalVarietyTransfer
            | Self::TechnologyAsEquity => ContractType::Transfer,
            Self::PatentLicenceExclusive
            | Self::PatentLicenceSole
            | Self::PatentLicenceOrdinary
            | Self::PatentLicenceOpen
            | Self::TechnicalSecretLicence
            | Self::OtherRightLicence => ContractType::Licence,
            Self::FeasibilityStudy
            | Self::TechnologyForecast
            | Self::SpecialSurvey
            | Self::AnalysisAndEvaluation => ContractType::Consulting,
            Self::TechnicalService | Self::TechnicalTraining | Self::TechnicalIntermediary => {
                ContractType::Service
            }
        }
    }

    /// The sub-types of a type, in the order of the vocabulary.
    pub fn of(contract_type: ContractType) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |subtype| subtype.contract_type() == contract_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_subtypes() {
        for contract_type in ContractType::ALL {
            assert!(Subtype::of(*contract_type).count() >= 2, "{contract_type}");
        }
    }
}
