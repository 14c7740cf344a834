//! Closed vocabularies that more than one room speaks. Spellings are those of the API.

words! {
    /// What an organisation is.
    pub enum OrganisationKind {
        /// 高校.
        University = "university", "高校", "university";
        /// 科研院所.
        Institute = "institute", "科研院所", "institute";
        /// 企业.
        Enterprise = "enterprise", "企业", "enterprise";
        /// 科技中介服务机构.
        BrokerAgency = "broker_agency", "科技中介服务机构", "broker agency";
        /// 技术经纪人.
        IndividualBroker = "individual_broker", "个人技术经纪人", "individual broker";
        /// 政府部门.
        Government = "government", "政府部门", "government";
        /// 科技大市场.
        Market = "market", "科技大市场", "market";
    }
}

impl OrganisationKind {
    /// Is it a legal person? An individual broker is a natural person, also with a business of
    /// their own.
    #[must_use]
    pub const fn is_legal_person(self) -> bool {
        match self {
            Self::University
            | Self::Institute
            | Self::Enterprise
            | Self::BrokerAgency
            | Self::Government
            | Self::Market => true,
            Self::IndividualBroker => false,
        }
    }

    /// Is it a science-and-technology intermediary or a technology broker (art. 6)?
    #[must_use]
    pub const fn is_intermediary(self) -> bool {
        match self {
            Self::BrokerAgency | Self::IndividualBroker => true,
            Self::University
            | Self::Institute
            | Self::Enterprise
            | Self::Government
            | Self::Market => false,
        }
    }
}

words! {
    /// What a person may do for an organisation.
    pub enum Role {
        /// Manages the organisation's profile and members.
        OrgAdmin = "org_admin", "单位管理员", "organisation administrator";
        /// Writes listings, introductions, draft contracts.
        Editor = "editor", "编辑", "editor";
        /// Signs contracts and accepts awards.
        Signatory = "signatory", "签署人", "signatory";
        /// Reads what the organisation may read.
        Viewer = "viewer", "查看者", "viewer";
        /// Market: verifies organisations, moderates listings.
        Operator = "operator", "市场运营", "operator";
        /// Market: recognises and registers contracts.
        Registrar = "registrar", "合同登记员", "registrar";
        /// Science bureau: reviews awards.
        Reviewer = "reviewer", "审核人", "reviewer";
        /// Science bureau: approves awards.
        Approver = "approver", "批准人", "approver";
        /// Finance bureau: budgets and payments.
        Treasurer = "treasurer", "财政经办", "treasurer";
        /// A district's or park's officer.
        DistrictOfficer = "district_officer", "区县(园区)经办", "district officer";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "审计", "auditor";
        /// Manages staff accounts; no business power.
        Admin = "admin", "系统管理员", "administrator";
    }
}

impl Role {
    pub(crate) const fn bit(self) -> u32 {
        match self {
            Self::OrgAdmin => 1,
            Self::Editor => 1 << 1,
            Self::Signatory => 1 << 2,
            Self::Viewer => 1 << 3,
            Self::Operator => 1 << 4,
            Self::Registrar => 1 << 5,
            Self::Reviewer => 1 << 6,
            Self::Approver => 1 << 7,
            Self::Treasurer => 1 << 8,
            Self::DistrictOfficer => 1 << 9,
            Self::Auditor => 1 << 10,
            Self::Admin => 1 << 11,
        }
    }

    /// Is it a role of the market's or the government's staff?
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::OrgAdmin | Self::Editor | Self::Signatory | Self::Viewer)
    }
}

words! {
    /// Where an organisation stands with the market.
    pub enum OrganisationStatus {
        /// Registered, not yet checked by an operator.
        Registered = "registered", "待核验", "registered";
        /// Checked: may publish and sign.
        Verified = "verified", "已核验", "verified";
        /// Shut out for now.
        Suspended = "suspended", "已停用", "suspended";
    }
}

words! {
    /// What is listed.
    pub enum ListingKind {
        /// 科技成果.
        Result = "result", "科技成果", "result";
        /// 专利.
        Patent = "patent", "专利", "patent";
        /// 技术需求.
        Need = "need", "技术需求", "need";
        /// 揭榜挂帅.
        Challenge = "challenge", "揭榜挂帅", "open challenge";
    }
}

impl ListingKind {
    /// Does it ask for something, rather than offer it?
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Need | Self::Challenge)
    }

    /// Does a signed contract of this type, in which its owner has this role, take it off the
    /// market? It does if the need of the buyer is met by it, or if the seller has transferred it;
    /// a licence, or what is developed from it, leaves the offer to others.
    #[must_use]
    pub const fn is_dealt_by(self, owner: PartyRole, contract_type: ContractType) -> bool {
        match owner {
            PartyRole::Buyer => self.asks(),
            PartyRole::Seller => !self.asks() && matches!(contract_type, ContractType::Transfer),
            PartyRole::Broker => false,
        }
    }
}

words! {
    /// Where a listing stands.
    pub enum ListingStatus {
        /// Being written.
        Draft = "draft", "草稿", "draft";
        /// Waiting for an operator.
        Submitted = "submitted", "待审核", "submitted";
        /// Seen by everybody.
        Published = "published", "已发布", "published";
        /// Sent back with reasons.
        Returned = "returned", "已退回", "returned";
        /// Taken down by an operator.
        Suspended = "suspended", "已下架", "suspended";
        /// Held for a deal.
        Reserved = "reserved", "洽谈中", "reserved";
        /// Taken back by its owner.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
        /// Past its date.
        Expired = "expired", "已到期", "expired";
        /// Dealt.
        Traded = "traded", "已成交", "traded";
    }
}

words! {
    /// The fields on which the measures of 2020 concentrate (art. 2), and the rest.
    pub enum Domain {
        /// 光伏光热.
        SolarEnergy = "solar_energy", "光伏光热", "photovoltaics and solar heat";
        /// 锂电.
        LithiumBatteries = "lithium_batteries", "锂电", "lithium batteries";
        /// 有色合金高新材料.
        AlloysAndMaterials = "alloys_and_materials", "有色合金与新材料", "alloys and advanced materials";
        /// 特色化工(盐湖).
        SaltLakeChemistry = "salt_lake_chemistry", "特色化工(盐湖)", "special and salt-lake chemistry";
        /// 生物医药.
        Biomedicine = "biomedicine", "生物医药", "biomedicine";
        /// 高原动植物精深加工.
        PlateauProducts = "plateau_products", "高原动植物精深加工", "plateau animal and plant products";
        /// 大数据.
        BigData = "big_data", "大数据与信息技术", "big data and information technology";
        /// 高原病、地方病.
        PlateauMedicine = "plateau_medicine", "高原病与地方病", "plateau and endemic diseases";
        /// 生态环保.
        Environment = "environment", "生态环保", "ecology and environment";
        /// 装备制造.
        Manufacturing = "manufacturing", "装备制造", "manufacturing";
        /// 其他.
        Other = "other", "其他", "other";
    }
}

impl Domain {
    /// The fields under which contracts of this domain are registered nationally, the usual one
    /// first. What no other domain covers is left to `other`.
    #[must_use]
    pub const fn technology_fields(self) -> &'static [TechnologyField] {
        use TechnologyField as Field;
        match self {
            Self::SolarEnergy => &[Field::NewEnergyAndEnergySaving],
            Self::LithiumBatteries => &[Field::NewEnergyAndEnergySaving, Field::NewMaterials],
            Self::AlloysAndMaterials => &[Field::NewMaterials],
            Self::SaltLakeChemistry => &[Field::NewMaterials, Field::EnvironmentAndResources],
            Self::Biomedicine | Self::PlateauMedicine => &[Field::BiologyAndMedicine],
            Self::PlateauProducts => &[Field::Agriculture, Field::BiologyAndMedicine],
            Self::BigData => &[Field::ElectronicInformation],
            Self::Environment => &[Field::EnvironmentAndResources],
            Self::Manufacturing => &[Field::AdvancedManufacturing],
            Self::Other => &[
                Field::Aerospace,
                Field::NuclearApplications,
                Field::ModernTransport,
                Field::UrbanAndSocialDevelopment,
            ],
        }
    }
}

words! {
    /// The fields of technology by which contracts are registered and counted nationally
    /// (技术合同登记).
    pub enum TechnologyField {
        /// 电子信息.
        ElectronicInformation = "electronic_information", "电子信息", "electronic information";
        /// 航空航天.
        Aerospace = "aerospace", "航空航天", "aviation and space";
        /// 先进制造.
        AdvancedManufacturing = "advanced_manufacturing", "先进制造", "advanced manufacturing";
        /// 生物、医药和医疗器械.
        BiologyAndMedicine = "biology_and_medicine", "生物、医药和医疗器械", "biology, medicine and medical devices";
        /// 新材料及其应用.
        NewMaterials = "new_materials", "新材料及其应用", "new materials and their uses";
        /// 新能源与高效节能.
        NewEnergyAndEnergySaving = "new_energy_and_energy_saving", "新能源与高效节能", "new energy and energy saving";
        /// 环境保护与资源综合利用.
        EnvironmentAndResources = "environment_and_resources", "环境保护与资源综合利用", "environmental protection and use of resources";
        /// 核应用.
        NuclearApplications = "nuclear_applications", "核应用", "nuclear applications";
        /// 农业.
        Agriculture = "agriculture", "农业", "agriculture";
        /// 现代交通.
        ModernTransport = "modern_transport", "现代交通", "modern transport";
        /// 城市建设与社会发展.
        UrbanAndSocialDevelopment = "urban_and_social_development", "城市建设与社会发展", "urban construction and social development";
    }
}

words! {
    /// How a technology may change hands.
    pub enum TransferMode {
        /// 转让.
        Assignment = "assignment", "转让", "assignment";
        /// 独占许可.
        LicenceExclusive = "licence_exclusive", "独占许可", "exclusive licence";
        /// 排他许可.
        LicenceSole = "licence_sole", "排他许可", "sole licence";
        /// 普通许可.
        LicenceOrdinary = "licence_ordinary", "普通许可", "ordinary licence";
        /// 作价入股.
        Equity = "equity", "作价入股", "equity";
        /// 合作开发.
        Cooperation = "cooperation", "合作开发", "cooperation";
        /// 委托开发.
        CommissionedDevelopment = "commissioned_development", "委托开发", "commissioned development";
    }
}

words! {
    /// How a price is found.
    pub enum PriceMode {
        /// 面议.
        Negotiable = "negotiable", "面议", "negotiable";
        /// 一口价.
        Fixed = "fixed", "定价", "fixed";
        /// 挂牌.
        Listed = "listed", "挂牌", "listed sale";
        /// 竞价.
        Auction = "auction", "竞价", "auction";
        /// 先用后转.
        UseFirstPayLater = "use_first_pay_later", "先用后转", "use first, pay later";
    }
}

words! {
    /// What right a patent is.
    pub enum PatentKind {
        /// 发明.
        Invention = "invention", "发明", "invention";
        /// 实用新型.
        UtilityModel = "utility_model", "实用新型", "utility model";
        /// 外观设计.
        Design = "design", "外观设计", "design";
    }
}

words! {
    /// Where a patent stands.
    pub enum PatentStatus {
        /// Filed or published, not granted.
        Pending = "pending", "申请中", "pending";
        /// Granted and in force.
        Granted = "granted", "已授权", "granted";
        /// No longer in force: nothing to offer.
        Lapsed = "lapsed", "已失效", "lapsed";
    }
}

words! {
    /// Where an introduction stands.
    pub enum IntroductionStatus {
        /// One side has asked.
        Proposed = "proposed", "待双方确认", "proposed";
        /// Both sides want it: contacts are open.
        Accepted = "accepted", "双方已接受", "accepted";
        /// One side does not want it.
        Declined = "declined", "已婉拒", "declined";
        /// Nobody answered in time.
        Lapsed = "lapsed", "已过期", "lapsed";
        /// A contract came of it.
        Contracted = "contracted", "已签约", "contracted";
        /// It ended without a contract.
        Closed = "closed", "已结束", "closed";
    }
}

words! {
    /// The five types of technology contract (Civil Code, book 3, ch. 20).
    pub enum ContractType {
        /// 技术开发 (art. 851).
        Development = "development", "技术开发", "development";
        /// 技术转让 (art. 862).
        Transfer = "transfer", "技术转让", "transfer";
        /// 技术许可 (art. 862).
        Licence = "licence", "技术许可", "licence";
        /// 技术咨询 (art. 878).
        Consulting = "consulting", "技术咨询", "consulting";
        /// 技术服务 (art. 878).
        Service = "service", "技术服务", "service";
    }
}

words! {
    /// Where a contract stands between its parties.
    pub enum ContractStatus {
        /// Being written.
        Draft = "draft", "草拟", "draft";
        /// Frozen, waiting for signatures.
        Offered = "offered", "待签署", "offered";
        /// Signed by every party.
        Signed = "signed", "已签署", "signed";
        /// Performed.
        Completed = "completed", "已履行", "completed";
        /// Ended early.
        Terminated = "terminated", "已终止", "terminated";
    }
}

words! {
    /// Where a contract stands with the registrar.
    pub enum RecognitionStatus {
        /// Nobody has applied.
        None = "none", "未申请", "none";
        /// Waiting for the registrar.
        Applied = "applied", "待认定", "applied";
        /// Recognised and registered.
        Recognised = "recognised", "已认定登记", "recognised";
        /// Refused.
        Refused = "refused", "不予登记", "refused";
        /// Sent back for more documents.
        SupplementRequested = "supplement_requested", "待补正", "supplement requested";
        /// Cancelled at the parties' request.
        Cancelled = "cancelled", "已注销", "cancelled";
        /// Revoked by the authority.
        Revoked = "revoked", "已撤销", "revoked";
    }
}

words! {
    /// What an organisation is in a contract.
    pub enum PartyRole {
        /// 卖方.
        Seller = "seller", "卖方", "seller";
        /// 买方.
        Buyer = "buyer", "买方", "buyer";
        /// 经纪方.
        Broker = "broker", "经纪方", "broker";
    }
}

words! {
    /// Where an award stands.
    pub enum AwardStatus {
        /// What recognition would bring; nobody's claim.
        Projected = "projected", "预估", "projected";
        /// Computed at recognition.
        Computed = "computed", "已核算", "computed";
        /// Replaced or dropped before it was paid.
        Cancelled = "cancelled", "已作废", "cancelled";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vocabulary;

    #[test]
    fn every_field_of_technology_is_that_of_some_domain() {
        for domain in Domain::ALL {
            assert!(!domain.technology_fields().is_empty(), "{domain}");
        }
        for field in TechnologyField::ALL {
            let mut domains = Domain::ALL.iter();
            assert!(domains.any(|domain| domain.technology_fields().contains(field)), "{field}");
        }
    }

    #[test]
    fn what_a_domain_covers_is_not_left_to_other() {
        let covered = Domain::ALL.iter().filter(|domain| **domain != Domain::Other);
        for domain in covered {
            for field in domain.technology_fields() {
                assert!(!Domain::Other.technology_fields().contains(field), "{domain}: {field}");
            }
        }
    }

    #[test]
    fn a_vocabulary_holds_every_word_with_its_label() {
        let Vocabulary { name, words } = PatentKind::VOCABULARY;
        assert_eq!(name, "PatentKind");
        let found: Vec<_> = words.iter().map(|word| (word.spelling, word.label)).collect();
        let all: Vec<_> = PatentKind::ALL.iter().map(|w| (w.as_str(), w.label())).collect();
        assert_eq!(found, all);
    }
}
