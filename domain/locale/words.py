"""The codes that sentences about facts and steps name, in the words of the glossary."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from domain.codes import (
    Card,
    Category,
    Coverage,
    CreditKind,
    Detail,
    EndReason,
    Evidence,
    FilingKind,
    Handling,
    Insurance,
    Opinion,
    Origin,
    Payee,
    Place,
    Relation,
    Segment,
    Suspicion,
    Work,
)
from domain.text import Text

# By class first: codes of different classes are equal as text ("active").
WORDS: dict[type[StrEnum], Mapping[StrEnum, Text]] = {
    Insurance: {
        Insurance.EMPLOYEE: Text("职工医保", "employee insurance"),
        Insurance.EMPLOYEE_POOL_ONLY: Text(
            "职工医保（单建统筹）", "employee insurance without a personal account"
        ),
        Insurance.RESIDENT: Text("居民医保", "resident insurance"),
    },
    Work: {
        Work.IN_SERVICE: Text("在职", "in service"),
        Work.RETIRED: Text("退休", "retired"),
        Work.NONE: Text("不适用", "does not apply (resident insurance)"),
    },
    Coverage: {
        Coverage.ACTIVE: Text("正常参保", "active"),
        Coverage.SUSPENDED: Text("暂停参保", "suspended"),
        Coverage.ENDED: Text("终止参保", "ended"),
        Coverage.DECEASED: Text("死亡", "deceased"),
    },
    Card: {
        Card.ACTIVE: Text("有效", "active"),
        Card.LOST: Text("挂失", "lost"),
        Card.EXPIRED: Text("过期", "expired"),
    },
    CreditKind: {
        CreditKind.MONTHLY: Text("月度划入", "monthly credit"),
        CreditKind.YEARLY_ADVANCE: Text("年度预划", "credit for a year in advance"),
        CreditKind.INTEREST: Text("利息", "interest"),
        CreditKind.INHERITANCE: Text("继承", "inheritance"),
        CreditKind.TRANSFER_IN: Text("转移接续转入", "transfer from another area"),
    },
    Detail: {
        Detail.NAME: Text("姓名", "name"),
        Detail.BORN: Text("出生日期", "date of birth"),
        Detail.IDENTITY: Text("身份证号", "identity number"),
        Detail.PHONE: Text("电话", "telephone"),
        Detail.ADDRESS: Text("住址", "address"),
    },
    FilingKind: {
        FilingKind.RETIRED_AWAY: Text("异地安置退休人员", "retired and settled away"),
        FilingKind.LIVING_AWAY: Text("异地长期居住人员", "living away for long"),
        FilingKind.WORKING_AWAY: Text("常驻异地工作人员", "working away for long"),
        FilingKind.REFERRAL: Text("异地转诊", "referral"),
        FilingKind.EMERGENCY: Text("异地急诊抢救", "emergency"),
        FilingKind.OTHER_TEMPORARY: Text("其他临时外出就医", "other temporary care away"),
    },
    Segment: {
        Segment.CURRENT: Text("当年", "current year"),
        Segment.PRIOR: Text("历年", "prior years"),
        Segment.WALLET: Text("钱包", "wallet"),
    },
    Origin: {
        Origin.ACCOUNT: Text("个人账户", "the personal account"),
        Origin.WALLET: Text("医保钱包", "the wallet"),
    },
    Relation: {
        Relation.SPOUSE: Text("配偶", "spouse"),
        Relation.PARENT: Text("父母", "parent"),
        Relation.CHILD: Text("子女", "child"),
        Relation.SIBLING: Text("兄弟姐妹", "sibling"),
        Relation.GRANDPARENT: Text("祖父母", "grandparent"),
        Relation.MATERNAL_GRANDPARENT: Text("外祖父母", "maternal grandparent"),
        Relation.GRANDCHILD: Text("孙子女", "grandchild"),
        Relation.MATERNAL_GRANDCHILD: Text("外孙子女", "maternal grandchild"),
        Relation.SPOUSE_PARENT: Text("配偶的父母", "spouse's parent"),
    },
    Evidence: {
        Evidence.COMMITMENT: Text("承诺书", "written commitment"),
        Evidence.DOCUMENTS: Text("证明材料", "documents"),
        Evidence.SYSTEM: Text("数据共享核验", "checked against shared data"),
    },
    Place: {
        Place.HOSPITAL: Text("医院", "hospital"),
        Place.CLINIC: Text("诊所", "clinic"),
        Place.PHARMACY: Text("药店", "pharmacy"),
        Place.OFFICE: Text("经办窗口", "office where a premium is paid"),
    },
    Category: {
        Category.OUTPATIENT: Text("普通门诊", "outpatient care"),
        Category.INPATIENT: Text("住院", "inpatient care"),
        Category.CHRONIC: Text("门诊慢特病", "chronic and special diseases"),
        Category.SPECIAL_DRUG: Text("特殊药品", "special drugs"),
        Category.MATERNITY: Text("生育", "maternity"),
        Category.DRUG: Text("药品", "drugs"),
        Category.DEVICE: Text("医疗器械", "devices"),
        Category.VACCINE: Text("疫苗", "vaccines"),
        Category.RESIDENT_PREMIUM: Text("居民医保参保费", "resident insurance premium"),
        Category.CARE_PREMIUM: Text("长期护理保险费", "long-term care insurance premium"),
        Category.COMMERCIAL_PREMIUM: Text("商业健康保险费", "commercial health insurance premium"),
    },
    Payee: {
        Payee.HEIR_ACCOUNT: Text("继承人个人账户", "an heir's account"),
        Payee.HEIR_CASH: Text("继承人现金", "an heir, in cash"),
        Payee.POOLED_FUND: Text("统筹基金", "the pooled fund"),
        Payee.OWNER_CASH: Text("本人现金", "the owner, in cash"),
    },
    EndReason: {
        EndReason.UNBOUND: Text("主动解绑", "unbound"),
        EndReason.SUSPENSION: Text("暂停参保", "suspension"),
        EndReason.END: Text("终止参保", "end of insurance"),
        EndReason.MOVE: Text("关系转出", "move"),
        EndReason.DEATH: Text("死亡", "death"),
        EndReason.DIVORCE: Text("离婚", "divorce"),
    },
    Suspicion: {
        Suspicion.SUSPICIOUS: Text("可疑", "suspicious"),
        Suspicion.VIOLATION: Text("明确违规", "a clear violation"),
    },
    Opinion: {
        Opinion.STANDS: Text("疑点成立", "it stands"),
        Opinion.CLEARED: Text("排除疑点", "it is cleared"),
    },
    Handling: {
        Handling.UPHELD: Text("认定违规", "upheld"),
        Handling.PARTLY_UPHELD: Text("部分认定", "upheld in part"),
        Handling.DISMISSED: Text("不予认定", "dismissed"),
    },
}
"""The words of each class of codes."""


def word(code: StrEnum) -> Text:
    """Give the word for a code in both languages."""
    return WORDS[type(code)][code]
