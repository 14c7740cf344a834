//! The columns of a sheet of listings, in their order.

use std::sync::LazyLock;

use kernel::{
    Domain, Funder, ListingKind, ListingStatus, PatentKind, PatentStatus, PriceMode, TransferMode,
    Word, Words,
};

use super::column::{
    Column,
    Place::{self, Each, Field, Told, Within},
    Takes::{
        self, Code, Codes, Day, Days, Text, Texts, Whole, Word as OneOf, WordOrCode,
        Words as SomeOf, YesNo, Yuan,
    },
};
use crate::model::{Stage, TrlScale};

/// Every member of a vocabulary.
macro_rules! words {
    ($vocabulary:ty) => {
        <$vocabulary>::VOCABULARY.words.to_vec()
    };
}

static COLUMNS: LazyLock<Vec<Column>> =
    LazyLock::new(|| [what(), how(), for_whom(), told()].into_iter().flatten().collect());

/// The columns, in their order.
#[must_use]
pub fn columns() -> &'static [Column] {
    &COLUMNS
}

const NEEDED: bool = true;
const MAY_BE_EMPTY: bool = false;

fn what() -> Vec<Column> {
    vec![
        column(
            ("reference", "单位内部编号"),
            Field("reference"),
            Text,
            MAY_BE_EMPTY,
            (
                "本单位自己的编号,单位内唯一。已有此编号的发布项会被更新,否则新建",
                "your own number, once in your organisation: a listing that has it is changed, otherwise one is made",
            ),
            ["QHU-2026-017", "XQ-2026-003"],
        ),
        column(
            ("kind", "信息类别"),
            Field("kind"),
            OneOf(words!(ListingKind)),
            NEEDED,
            (
                "成果、专利为供给;需求、揭榜挂帅为需求",
                "results and patents are offers; needs and open challenges ask",
            ),
            ["科技成果", "技术需求"],
        ),
        column(
            ("title", "标题"),
            Field("title"),
            Text,
            NEEDED,
            ("一行,最多 200 字", "one line of at most 200 characters"),
            ["高镁锂比盐湖卤水吸附提锂技术", "风机叶片冬季结冰导致停机"],
        ),
        column(
            ("abstract", "摘要"),
            Field("abstract"),
            Text,
            NEEDED,
            ("公开的概述,最多 2000 字", "the public summary, at most 2000 characters"),
            [
                "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂,锂回收率八成以上。",
                "高原风电场冬季叶片覆冰严重,希望找到不用停机的防冰办法。",
            ],
        ),
        column(
            ("description", "详细说明"),
            Field("description"),
            Text,
            MAY_BE_EMPTY,
            ("最多 20000 字", "at most 20000 characters"),
            ["吸附剂循环两千次后容量保持九成;已完成百吨级中试。", ""],
        ),
        column(
            ("advantages", "技术优势"),
            Field("advantages"),
            Text,
            MAY_BE_EMPTY,
            (
                "与现有技术相比好在哪里,最多 2000 字",
                "what it does better than what there is, at most 2000 characters",
            ),
            ["选择性高,不引入新杂质。", ""],
        ),
        column(
            ("market_outlook", "市场前景"),
            Field("market_outlook"),
            Text,
            MAY_BE_EMPTY,
            (
                "谁会购买、有多少,最多 2000 字",
                "who would buy it and how many they are, at most 2000 characters",
            ),
            ["柴达木盆地各盐湖企业。", ""],
        ),
        column(
            ("economic_benefits", "经济效益"),
            Field("economic_benefits"),
            Text,
            MAY_BE_EMPTY,
            ("能增收或节约多少,最多 2000 字", "what it earns or saves, at most 2000 characters"),
            ["每吨碳酸锂成本下降一成。", ""],
        ),
        column(
            ("keywords", "关键词"),
            Field("keywords"),
            Texts,
            MAY_BE_EMPTY,
            ("最多 20 个,用分号或顿号分开", "at most 20, separated by semicolons"),
            ["盐湖提锂;吸附剂", "风机叶片;防冰"],
        ),
        column(
            ("domain", "技术领域"),
            Field("domain"),
            OneOf(words!(Domain)),
            NEEDED,
            ("从列表中选择", "choose from the list"),
            ["特色化工(盐湖)", "有色合金与新材料"],
        ),
        column(
            ("ipc", "IPC 分类号"),
            Field("ipc"),
            Codes,
            MAY_BE_EMPTY,
            (
                "国际专利分类号,最多 20 个,用分号分开",
                "classes of the patent classification, at most 20, separated by semicolons",
            ),
            ["C01D 15/08", ""],
        ),
        column(
            ("region", "所在地区"),
            Field("region"),
            WordOrCode(regions()),
            NEEDED,
            (
                "西宁区县或园区名称,或六位行政区划代码,或 overseas",
                "a district or park of Xining, a six-digit division code, or overseas",
            ),
            ["城北区", "630102"],
        ),
        column(
            ("trl", "技术成熟度"),
            Field("trl"),
            Whole,
            MAY_BE_EMPTY,
            ("1 至 9 级(GB/T 22900)", "from 1 to 9 (GB/T 22900)"),
            ["6", ""],
        ),
        column(
            ("trl_scale", "成熟度标准"),
            Field("trl_scale"),
            OneOf(words!(TrlScale)),
            MAY_BE_EMPTY,
            ("不填即 GB/T 22900", "GB/T 22900 if it is empty"),
            ["GB/T 22900", ""],
        ),
        column(
            ("trl_evidence", "成熟度依据"),
            Field("trl_evidence"),
            Text,
            MAY_BE_EMPTY,
            ("报告、试验或装置,最多 500 字", "a report, a test or a plant, at most 500 characters"),
            ["百吨级中试报告", ""],
        ),
        column(
            ("stage", "产品阶段"),
            Field("stage"),
            OneOf(words!(Stage)),
            MAY_BE_EMPTY,
            ("从列表中选择", "choose from the list"),
            ["中试", ""],
        ),
    ]
}

fn how() -> Vec<Column> {
    vec![
        column(
            ("transfer_modes", "转化方式"),
            Field("transfer_modes"),
            SomeOf(words!(TransferMode)),
            MAY_BE_EMPTY,
            ("可多选,用分号分开", "several may be given, separated by semicolons"),
            ["普通许可;转让", "合作开发"],
        ),
        column(
            ("price_mode", "定价方式"),
            Within("price", "mode"),
            OneOf(words!(PriceMode)),
            MAY_BE_EMPTY,
            ("仅供给类填写", "offers only"),
            ["面议", ""],
        ),
        column(
            ("price_yuan", "价格(元)"),
            Within("price", "amount_fen"),
            Yuan,
            MAY_BE_EMPTY,
            (
                "以元为单位,最多两位小数;定价必填",
                "in yuan with at most two decimals; a fixed price needs it",
            ),
            ["1200000.00", ""],
        ),
        column(
            ("patent_numbers", "专利号"),
            Each("patents", "number"),
            Codes,
            MAY_BE_EMPTY,
            (
                "专利号或申请号,多件用分号分开;专利类至少一件",
                "numbers of patents or applications, separated by semicolons; a patent listing has at least one",
            ),
            ["CN201710601862.3", ""],
        ),
        column(
            ("patent_kinds", "专利类型"),
            Each("patents", "kind"),
            SomeOf(words!(PatentKind)),
            MAY_BE_EMPTY,
            ("与专利号一一对应;只填一个则适用于全部", "one for each number, or one for all"),
            ["发明", ""],
        ),
        column(
            ("patent_statuses", "专利状态"),
            Each("patents", "status"),
            SomeOf(words!(PatentStatus)),
            MAY_BE_EMPTY,
            (
                "与专利号一一对应;只填一个则适用于全部;已失效的专利不能发布",
                "one for each number, or one for all; what has lapsed cannot be offered",
            ),
            ["已授权", ""],
        ),
        column(
            ("patent_expiries", "专利权到期日"),
            Each("patents", "expires_on"),
            Days,
            MAY_BE_EMPTY,
            (
                "与专利号一一对应,不详的填“-”;只填一个则适用于全部",
                "one for each number, - where it is not known, or one for all",
            ),
            ["2037-07-21", ""],
        ),
        column(
            ("budget_min_yuan", "预算下限(元)"),
            Within("budget", "min_fen"),
            Yuan,
            MAY_BE_EMPTY,
            ("仅需求类填写;以元为单位", "needs only; in yuan"),
            ["", "100000"],
        ),
        column(
            ("budget_max_yuan", "预算上限(元)"),
            Within("budget", "max_fen"),
            Yuan,
            MAY_BE_EMPTY,
            ("仅需求类填写;以元为单位", "needs only; in yuan"),
            ["", "2000000.50"],
        ),
        column(
            ("deadline", "需求截止日期"),
            Field("deadline"),
            Day,
            MAY_BE_EMPTY,
            ("仅需求类填写;日期格式,如 2027-06-30", "needs only; a date such as 2027-06-30"),
            ["", "2099-06-30"],
        ),
    ]
}

fn for_whom() -> Vec<Column> {
    vec![
        column(
            ("contact_name", "联系人"),
            Within("contact", "name"),
            Text,
            MAY_BE_EMPTY,
            ("仅本单位和市场工作人员可见", "seen only by your organisation and the market's staff"),
            ["王小兰", "李强"],
        ),
        column(
            ("contact_phone", "联系电话"),
            Within("contact", "phone"),
            Code,
            MAY_BE_EMPTY,
            ("仅本单位和市场工作人员可见", "seen only by your organisation and the market's staff"),
            ["0971-5310000", "13800000000"],
        ),
        column(
            ("contact_email", "联系邮箱"),
            Within("contact", "email"),
            Code,
            MAY_BE_EMPTY,
            ("仅本单位和市场工作人员可见", "seen only by your organisation and the market's staff"),
            ["lan@example.cn", ""],
        ),
        column(
            ("expires_on", "有效期至"),
            Field("expires_on"),
            Day,
            MAY_BE_EMPTY,
            ("日期格式,如 2027-12-31", "a date such as 2027-12-31"),
            ["2099-12-31", ""],
        ),
        column(
            ("non_secret_declared", "声明不涉密"),
            Field("non_secret_declared"),
            YesNo,
            MAY_BE_EMPTY,
            (
                "填“是”即声明内容不涉及国家秘密;提交审核前必须声明",
                "yes declares that nothing in it is a state secret, which is needed before it is submitted",
            ),
            ["是", "是"],
        ),
    ]
}

/// What exports show beside what people write; when a sheet comes in, it is not looked at.
fn told() -> Vec<Column> {
    let by_the_market =
        ("由系统给出,导入时忽略", "given by the market, not looked at when a sheet comes in");
    vec![
        column(("number", "编号"), Told("number"), Code, MAY_BE_EMPTY, by_the_market, ["", ""]),
        column(
            ("status", "状态"),
            Told("status"),
            OneOf(words!(ListingStatus)),
            MAY_BE_EMPTY,
            by_the_market,
            ["", ""],
        ),
        column(
            ("organisation", "发布单位"),
            Told("organisation"),
            Text,
            MAY_BE_EMPTY,
            by_the_market,
            ["", ""],
        ),
        column(
            ("published_at", "发布时间"),
            Told("published_at"),
            Code,
            MAY_BE_EMPTY,
            by_the_market,
            ["", ""],
        ),
        column(("errors", "错误说明"), Told(""), Text, MAY_BE_EMPTY, by_the_market, ["", ""]),
    ]
}

fn column(
    (name, label): (&'static str, &'static str),
    place: Place,
    takes: Takes,
    required: bool,
    (zh, en): (&'static str, &'static str),
    examples: [&'static str; 2],
) -> Column {
    Column { name, label, place, takes, required, about: Words::new(zh, en), examples }
}

fn regions() -> Vec<Word> {
    let overseas = Word { spelling: "overseas", label: Words::new("境外", "overseas") };
    let funders: Vec<Word> = words!(Funder);
    funders.into_iter().chain([overseas]).collect()
}
