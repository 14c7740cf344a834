"""Makes a workbook of listings, as a transfer office would export one from its own system.

    workbook.py ROWS FILE [SEED]

The texts are in the workbook's shared strings, as spreadsheet programs keep them. Needs nothing but
Python; the same seed makes the same workbook.
"""

import random
import sys
import zipfile
from xml.sax.saxutils import escape

rows, path = int(sys.argv[1]), sys.argv[2]
draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)

HEADS = ["单位内部编号", "信息类别", "标题", "摘要", "详细说明", "关键词", "技术领域", "IPC 分类号", "所在地区",
         "技术成熟度", "产品阶段", "转化方式", "定价方式", "价格(元)", "专利号", "专利类型", "专利状态", "联系人",
         "联系电话", "有效期至", "声明不涉密"]
DOMAINS = ["光伏光热", "锂电", "有色合金与新材料", "特色化工(盐湖)", "生物医药", "高原动植物精深加工", "生态环保", "装备制造"]
REGIONS = ["城东区", "城中区", "城西区", "城北区", "湟中区", "南川工业园区", "甘河工业园区"]
STAGES = ["在研", "样品", "小试", "中试", "量产"]
MODES = ["转让", "普通许可", "独占许可", "作价入股", "合作开发"]
IPC = ["C01D 15/08", "H01M 10/0525", "H02S 40/10", "A61K 36/00", "C22B 26/12"]
NOUNS = "盐湖 卤水 锂电池 正极材料 光伏组件 硅片 铝合金 镁合金 沙棘 枸杞 藏药 牦牛乳 冻土 风机叶片 涂层 吸附剂 隔膜 逆变器 青稞 虫草".split()
VERBS = "提取 回收 制备 检测 分选 干燥 改性 防护 节能 监测 合成 纯化 贮存 清洗 预警".split()
PLACES = "高原 低温 高寒 缺氧 强紫外 高镁锂比 大温差 盐碱".split()


def number():
    """A patent's application number with its check digit."""
    digits = f"20{draw.randint(10, 24)}1{draw.randint(0, 9_999_999):07}"
    weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
    check = sum(int(digit) * weight for digit, weight in zip(digits, weights)) % 11
    return f"CN{digits}.{'X' if check == 10 else check}"


def sentence():
    one, two = draw.sample(NOUNS, 2)
    return (f"针对{draw.choice(PLACES)}条件下的{one}{draw.choice(VERBS)}问题,以{two}为基础{draw.choice(VERBS)},"
            f"能耗下降 {draw.randint(5, 60)}%,经 {draw.randint(50, 2000)} 次循环后性能保持 {draw.randint(70, 99)}%。")


def row(position):
    noun, place = draw.choice(NOUNS), draw.choice(PLACES)
    is_priced = draw.random() < 0.5
    return [
        f"OFFICE-{position:06}", "科技成果", f"{place}环境{noun}{draw.choice(VERBS)}技术 {position}",
        "".join(sentence() for _ in range(3)), "".join(sentence() for _ in range(draw.randint(0, 8))),
        ";".join(draw.sample(NOUNS, 4)), draw.choice(DOMAINS), draw.choice(IPC), draw.choice(REGIONS),
        draw.randint(1, 9), draw.choice(STAGES), ";".join(draw.sample(MODES, 2)),
        "定价" if is_priced else "面议", draw.randint(1, 900) * 10_000 if is_priced else "",
        number(), "发明", draw.choice(["已授权", "申请中"]), "马兰", f"0971-{draw.randint(5_000_000, 6_999_999)}",
        "2099-12-31", "是",
    ]


def letters(column):
    return chr(ord("A") + column)


strings, order = {}, []


def shared(text):
    if text not in strings:
        strings[text] = len(order)
        order.append(text)
    return strings[text]


def cells(values, line):
    for column, value in enumerate(values):
        if value == "":
            continue
        at = f"{letters(column)}{line}"
        if isinstance(value, int):
            yield f'<c r="{at}"><v>{value}</v></c>'
        else:
            yield f'<c r="{at}" t="s"><v>{shared(value)}</v></c>'


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="发布信息" sheetId="1" r:id="r1"/></sheets></workbook>',
}
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in PARTS.items():
        archive.writestr(name, DECLARATION + text)
    with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
        sheet.write(f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
        for line, values in enumerate([HEADS, *map(row, range(rows))], start=1):
            sheet.write(f'<row r="{line}">{"".join(cells(values, line))}</row>'.encode())
        sheet.write(b"</sheetData></worksheet>")
    with archive.open("xl/sharedStrings.xml", "w") as part:
        part.write(f'{DECLARATION}<sst xmlns="{MAIN}" uniqueCount="{len(order)}">'.encode())
        for text in order:
            part.write(f"<si><t>{escape(text)}</t></si>".encode())
        part.write(b"</sst>")
