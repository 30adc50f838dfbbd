"""The words of the trade by code, as tables show them; the glossary is their source.

Tables for people say words, data keeps codes. `tests/cli/test_words.py` holds this list and
`docs/glossary.md` together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.audit_words import AUDIT_WORDS
from cli.finding_words import FINDING_METAVARS, FINDING_WORDS
from cli.policy_words import POLICY_WORDS
from cli.review_words import REVIEW_COMMANDS, REVIEW_WORDS
from domain.reasons import REASONS
from domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.text import Lang

METAVARS: dict[str, Text] = {
    "@VERSION|POSITION|INSTANT|DATE": Text(
        "@版本|位置|时刻|日期", "@VERSION|POSITION|INSTANT|DATE"
    ),
    "ACCOUNT": Text("账户", "ACCOUNT"),
    "ADDRESS": Text("地址", "ADDRESS"),
    "CLAIM": Text("费用单号", "CLAIM"),
    "CLAIMS": Text("费用文件", "CLAIMS"),
    "CODE": Text("代码", "CODE"),
    "DATE": Text("日期", "DATE"),
    "FILE": Text("文件", "FILE"),
    "FINDING": Text("疑点", "FINDING"),
    "FOLDER": Text("目录", "FOLDER"),
    "LOG": Text("日志", "LOG"),
    "GRANTOR": Text("共济人", "GRANTOR"),
    "BASE": Text("现行", "BASE"),
    "BENEFICIARY": Text("被共济人", "BENEFICIARY"),
    "CHANGE": Text("假设", "CHANGE"),
    "entry:NUMBER|claim:ID|settlement:ID": Text(
        "entry:笔号|claim:费用单号|settlement:结算号", "entry:NUMBER|claim:ID|settlement:ID"
    ),
    "INSTANT": Text("时刻", "INSTANT"),
    "INSTITUTION": Text("机构", "INSTITUTION"),
    "KEY": Text("报文号", "KEY"),
    "KIND": Text("种类", "KIND"),
    "LINE=YUAN": Text("行号=元", "LINE=YUAN"),
    "MESSAGE": Text("报文号", "MESSAGE"),
    "MONTH": Text("月份", "MONTH"),
    "MEMBER": Text("成员", "MEMBER"),
    "NAME": Text("名称", "NAME"),
    "NUMBER": Text("数", "NUMBER"),
    "OURS=THEIRS": Text("我方名=对方列名", "OURS=THEIRS"),
    "PARAMETER": Text("参数", "PARAMETER"),
    "PATH": Text("路径", "PATH"),
    "PERIOD": Text("所属期", "PERIOD"),
    "PERSON": Text("参保人", "PERSON"),
    "POOL": Text("共济组", "POOL"),
    "POSITION": Text("位置", "POSITION"),
    "POSITION|MESSAGE": Text("位置|报文号", "POSITION|MESSAGE"),
    "POSITION|INSTANT|DATE": Text("位置|时刻|日期", "POSITION|INSTANT|DATE"),
    "REGION": Text("统筹区", "REGION"),
    "ROWS": Text("行数", "ROWS"),
    "SCENARIO": Text("情景文件", "SCENARIO"),
    "SETTLEMENT": Text("结算号", "SETTLEMENT"),
    "SETTLEMENT|CLAIM": Text("结算号|费用单号", "SETTLEMENT|CLAIM"),
    "SENDER": Text("转出人", "SENDER"),
    "SOURCE": Text("来源", "SOURCE"),
    "SECONDS": Text("秒", "SECONDS"),
    "SHELL": Text("外壳", "SHELL"),
    "STATEMENT": Text("语句", "STATEMENT"),
    "TEXT": Text("文字", "TEXT"),
    "TRANSFER": Text("转账号", "TRANSFER"),
    "TOPIC": Text("主题", "TOPIC"),
    "WHAT": Text("事项", "WHAT"),
    "WORD": Text("筛选词", "WORD"),
    "YUAN": Text("金额(元)", "YUAN"),
    **FINDING_METAVARS,
}
"""Placeholders of help pages."""

YES_NO = {"true": Text("是", "yes"), "false": Text("否", "no")}

WORDS: dict[str, Mapping[str, Text]] = {
    "Insurance": {
        "employee": Text("职工医保", "employee insurance"),
        "employee_pool_only": Text(
            "职工医保（单建统筹）", "employee insurance without a personal account"
        ),
        "resident": Text("居民医保", "resident insurance"),
    },
    "Work": {
        "in_service": Text("在职", "in service"),
        "retired": Text("退休", "retired"),
        "none": Text("不适用", "does not apply (resident insurance)"),
    },
    "Coverage": {
        "active": Text("正常参保", "active"),
        "suspended": Text("暂停参保", "suspended"),
        "ended": Text("终止参保", "ended"),
        "deceased": Text("死亡", "deceased"),
    },
    "Card": {
        "active": Text("有效", "active"),
        "lost": Text("挂失", "lost"),
        "expired": Text("过期", "expired"),
    },
    "Segment": {
        "current": Text("当年", "current year"),
        "prior": Text("历年", "prior years"),
        "wallet": Text("钱包", "wallet"),
    },
    "CreditKind": {
        "monthly": Text("月度划入", "monthly credit"),
        "yearly_advance": Text("年度预划", "credit for a year in advance"),
        "interest": Text("利息", "interest"),
        "inheritance": Text("继承", "inheritance"),
        "transfer_in": Text("转移接续转入", "transfer from another area"),
    },
    "Relation": {
        "spouse": Text("配偶", "spouse"),
        "parent": Text("父母", "parent"),
        "child": Text("子女", "child"),
        "sibling": Text("兄弟姐妹", "sibling"),
        "grandparent": Text("祖父母", "grandparent"),
        "maternal_grandparent": Text("外祖父母", "maternal grandparent"),
        "grandchild": Text("孙子女", "grandchild"),
        "maternal_grandchild": Text("外孙子女", "maternal grandchild"),
        "spouse_parent": Text("配偶的父母", "spouse's parent"),
    },
    "Evidence": {
        "commitment": Text("承诺书", "written commitment"),
        "documents": Text("证明材料", "documents"),
        "system": Text("数据共享核验", "checked against shared data"),
    },
    "Place": {
        "hospital": Text("医院", "hospital"),
        "clinic": Text("诊所", "clinic"),
        "pharmacy": Text("药店", "pharmacy"),
        "office": Text("经办窗口", "office where a premium is paid"),
    },
    "Category": {
        "outpatient": Text("普通门诊", "outpatient care"),
        "inpatient": Text("住院", "inpatient care"),
        "chronic": Text("门诊慢特病", "chronic and special diseases"),
        "special_drug": Text("特殊药品", "special drugs"),
        "maternity": Text("生育", "maternity"),
        "drug": Text("药品", "drugs"),
        "device": Text("医疗器械", "devices"),
        "vaccine": Text("疫苗", "vaccines"),
        "resident_premium": Text("居民医保参保费", "resident insurance premium"),
        "care_premium": Text("长期护理保险费", "long-term care insurance premium"),
        "commercial_premium": Text("商业健康保险费", "commercial health insurance premium"),
    },
    "Level": {
        "village": Text("村卫生室", "village clinic"),
        "community": Text("社区卫生服务机构", "community health centre"),
        "primary": Text("一级医院", "first-grade hospital"),
        "secondary": Text("二级医院", "second-grade hospital"),
        "tertiary": Text("三级医院", "third-grade hospital"),
    },
    "Stage": {
        "outside": Text("全自费", "outside the catalogue"),
        "over_limit": Text("超限价", "above the limit price"),
        "class_b": Text("乙类先行自付", "class B, borne first"),
        "unfiled": Text("未备案先行自付", "borne first without a filing"),
        "account": Text("账户段", "this year's account money"),
        "deductible": Text("起付线", "deductible"),
        "ratio": Text("按比例支付", "shared by a ratio"),
        "above_ceiling": Text("封顶线以上", "beyond the ceiling"),
        "above_limit": Text("年度限额以上", "beyond the yearly limit"),
        "not_shared": Text("未凭电子处方", "without an e-prescription"),
    },
    "Credential": {
        "own": Text("本人凭证", "the patient's own"),
        "proxy": Text("代办人出示双方身份", "a proxy who shows both identities"),
        "grantor": Text("共济人凭证", "the grantor's"),
        "none": Text("未出示", "none shown"),
    },
    "Area": {
        "same": Text("本统筹区", "same pooling area"),
        "province": Text("本省", "same province"),
        "nation": Text("全国", "whole nation"),
    },
    "Order": {
        "filing": Text("按备案先后", "first filed, first drawn"),
        "last_bound": Text("后绑定先扣", "last bound, first drawn"),
        "user_set": Text("使用人自定", "as the beneficiary set it"),
        "largest_balance": Text("余额大者先扣", "largest balance first"),
        "arrival": Text("先到先用", "first come, first served"),
        "local_first": Text("本统筹区先扣", "own area first, then first filed"),
    },
    "OwnFirst": {
        "before_aid": Text("本人先付，共济补足", "own account pays first, relatives pay the rest"),
        "must_be_empty": Text(
            "本人用完方可共济", "relatives pay only when the own account is used up"
        ),
    },
    "RefundSegment": {
        "refused": Text("不可跨年退回", "refused"),
        "original": Text("退回原分段", "back to the segment it came from"),
        "as_of_now": Text("按现时分段入账", "to the segment that money has become by now"),
    },
    "Payee": {
        "heir_account": Text("继承人个人账户", "an heir's account"),
        "heir_cash": Text("继承人现金", "an heir, in cash"),
        "pooled_fund": Text("统筹基金", "the pooled fund"),
        "owner_cash": Text("本人现金", "the owner, in cash"),
    },
    "Funding": {
        "call": Text("结算时即时调用", "debited inside the settlement"),
        "pool": Text("划拨到共济账户", "set aside for the family beforehand"),
        "quota": Text("共济额度", "quota frozen for one beneficiary"),
        "transfer": Text("划转", "given away beforehand"),
    },
    "WalletModel": {
        "closed": Text("未开通", "closed"),
        "transfer": Text("转账", "transfer"),
        "quota": Text("共济额度", "quota"),
    },
    "Origin": {
        "account": Text("个人账户", "the personal account"),
        "wallet": Text("医保钱包", "the wallet"),
    },
    "Till": {
        "automatic": Text("自动启用", "starts by itself"),
        "on_request": Text("须告知收费人员", "the cashier must be told"),
        "two_taps": Text("再次刷卡启用", "a second tap starts it"),
    },
    "Side": {
        "grantor": Text("共济人", "the grantor"),
        "either": Text("任何一方", "either side"),
    },
    "RefundAfterEnd": {
        "grantor": Text("退回原共济人", "back to the grantor"),
        "cash": Text("退患者现金", "to the patient in cash"),
    },
    "FilingKind": {
        "retired_away": Text("异地安置退休人员", "retired and settled away"),
        "living_away": Text("异地长期居住人员", "living away for long"),
        "working_away": Text("常驻异地工作人员", "working away for long"),
        "referral": Text("异地转诊", "referral"),
        "emergency": Text("异地急诊抢救", "emergency"),
        "other_temporary": Text("其他临时外出就医", "other temporary care away"),
    },
    "ManualDeadline": {
        "none": Text("未见期限", "no deadline known"),
        "months_from_receipt": Text("自开票日起按月计算", "months from the day of the receipt"),
        "day_of_next_year": Text("次年指定日期前", "by a day of the next year"),
        "end_of_next_year": Text("下一年度末前", "by the end of the next account year"),
    },
    "CreditTiming": {
        "monthly": Text("按月划入", "monthly"),
        "yearly_advance": Text("年度预划", "a year in advance"),
    },
    "Interest": {
        "demand": Text("活期利率", "demand rate"),
        "three_months": Text("三个月整存整取利率", "three-month fixed rate"),
        "one_year": Text("一年期整存整取利率", "one-year fixed rate"),
    },
    "Consent": {
        "none": Text("无须同意", "none needed"),
        "accept": Text("接受邀请", "accepts an invitation"),
        "face": Text("人脸核验", "face check"),
        "face_from_16": Text("满16岁须人脸核验", "face check from 16 years on"),
    },
    "Authentication": {
        "none": Text("无须核验", "none"),
        "pin": Text("密码", "a PIN"),
        "pin_for_card": Text("实体卡须密码", "a PIN for the card only"),
        "face": Text("人脸核验", "face check"),
    },
    "EndReason": {
        "unbound": Text("主动解绑", "unbound"),
        "suspension": Text("暂停参保", "suspension"),
        "end": Text("终止参保", "end of insurance"),
        "move": Text("关系转出", "move"),
        "death": Text("死亡", "death"),
        "divorce": Text("离婚", "divorce"),
    },
    "Detail": {
        "name": Text("姓名", "name"),
        "born": Text("出生日期", "date of birth"),
        "identity": Text("身份证号", "identity number"),
        "phone": Text("电话", "telephone"),
        "address": Text("住址", "address"),
    },
    "SegmentOrder": {
        "current_first": Text("先当年后历年", "current year first"),
        "prior_first": Text("先历年后当年", "prior years first"),
        "prior_only": Text("仅用历年", "prior years only"),
    },
    "Standing": {
        "under_review": Text("待审核", "under review"),
        "bound": Text("已绑定", "bound"),
        "rejected": Text("审核未通过", "rejected"),
        "ended": Text("已终止", "ended"),
    },
    "Status": {
        "offered": Text("待再次刷卡", "offered, waits for a second tap"),
        "held": Text("已冻结", "held"),
        "released": Text("已解冻", "released"),
        "expired": Text("冻结到期", "expired"),
        "settled": Text("已结算", "settled"),
        "partly_cancelled": Text("部分撤销", "partly cancelled"),
        "cancelled": Text("已撤销", "cancelled"),
        "reversed": Text("已冲正", "reversed"),
    },
    "Kind": {
        "person": Text("参保人", "insured person"),
        "pool": Text("家庭共济组", "family pool"),
        "claim": Text("费用单", "claim"),
        "ledger": Text("账本", "ledger"),
        "finding": Text("疑点", "finding"),
    },
    **REVIEW_WORDS,
    "Reason": {reason.value: text for reason, text in REASONS.items()},
    "bool": YES_NO,
    **FINDING_WORDS,
    **POLICY_WORDS,
    **AUDIT_WORDS,
    "Outcome": {
        "passed": Text("通过", "passed"),
        "differs": Text("不符", "differs"),
        "not_run": Text("未运行", "not run"),
    },
    "Payer": {
        "fund": Text("统筹基金", "the pooled fund"),
        "own_account": Text("本人账户", "own account"),
        "wallet": Text("医保钱包", "the wallet"),
        "mutual_aid": Text("共济账户", "relatives' accounts"),
        "transfer": Text("亲属转账划转", "transfer to a relative"),
        "cash": Text("现金", "cash"),
    },
    "AccountState": {
        "none": Text("无", "none"),
        "open": Text("已开立", "open"),
        "closed": Text("已清退", "closed"),
    },
    "Command": {
        "person.enroll": Text("参保登记", "enrolled"),
        "person.coverage": Text("变更参保状态", "coverage changed"),
        "person.move": Text("关系转移", "moved"),
        "person.retire": Text("退休登记", "retirement recorded"),
        "person.report_card": Text("凭证挂失或过期", "card reported"),
        "person.replace_card": Text("补办凭证", "card replaced"),
        "filing.record": Text("异地就医备案", "filed"),
        "filing.change": Text("变更备案", "filing changed"),
        "filing.end": Text("终止备案", "filing ended"),
        "account.open": Text("开立个人账户", "account opened"),
        "account.credit": Text("划入", "credited"),
        "account.take_back": Text("收回多划款", "credit taken back"),
        "account.roll_year": Text("年度结转", "account year rolled over"),
        "account.out_of_area": Text("异地支付开关", "use outside the home area switched"),
        "account.close": Text("清退账户", "account closed"),
        "family.open": Text("建立共济组", "family pool opened"),
        "family.bind": Text("绑定", "bound"),
        "family.review": Text("审核绑定", "binding reviewed"),
        "family.authorize": Text("授权", "authorized"),
        "family.withdraw": Text("撤销授权", "authorization withdrawn"),
        "family.unbind": Text("解绑", "unbound"),
        "family.order": Text("设置扣款顺序", "order of deduction set"),
        "family.give": Text("划转", "given"),
        "family.set_aside": Text("划拨", "set aside"),
        "family.quota": Text("设定共济额度", "quota set"),
        "family.divorce": Text("离婚登记", "divorce reported"),
        "wallet.open": Text("开通医保钱包", "wallet opened"),
        "wallet.send": Text("转账", "sent"),
        "wallet.accept": Text("接收转账", "accepted"),
        "wallet.return": Text("转账退回", "came back"),
        "person.describe": Text("登记个人信息", "details taken in"),
        "person.erase": Text("删除个人信息", "details erased"),
        "person.reveal": Text("出示个人信息", "details shown"),
        "ledger.seal": Text("封存余额", "balances sealed"),
        "ledger.hand_over": Text("交出检查点", "checkpoint handed over"),
        "claim.settle": Text("结算", "settled"),
        "claim.authorize": Text("预授权冻结", "held"),
        "claim.capture": Text("扣用冻结款", "captured"),
        "claim.release": Text("解冻", "released"),
        "claim.expire": Text("冻结到期", "expired"),
        "claim.cancel": Text("结算撤销", "cancelled"),
        "claim.reverse": Text("冲正", "reversed"),
        **REVIEW_COMMANDS,
    },
}
"""By the name of the vocabulary (the enum's class), then by code."""


def vocabulary(name: str) -> Mapping[str, Text]:
    """Give the words of one vocabulary; of an unknown one, none."""
    return WORDS.get(name, {})


def word(name: str, code: object, lang: Lang) -> str:
    """Say a code in words; an unknown code is said as it is."""
    key = str(code).lower() if isinstance(code, bool) else str(code)
    found = vocabulary(name).get(key)
    return found.say(lang) if found else key
