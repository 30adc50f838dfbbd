"""The words of the trade as codes. Each value is what events, rules and scenarios write."""

from __future__ import annotations

from enum import StrEnum


class Insurance(StrEnum):
    """Kind of basic medical insurance 险种."""

    EMPLOYEE = "employee"  # 职工医保, with a personal account
    EMPLOYEE_POOL_ONLY = "employee_pool_only"  # 单建统筹, without one
    RESIDENT = "resident"  # 居民医保


class Work(StrEnum):
    """In service or retired 在职 / 退休."""

    IN_SERVICE = "in_service"
    RETIRED = "retired"
    NONE = "none"  # members of resident insurance


class Coverage(StrEnum):
    """State of someone's insurance 参保状态."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    DECEASED = "deceased"


class Card(StrEnum):
    """State of the insurance card or electronic credential 医保凭证."""

    ACTIVE = "active"
    LOST = "lost"
    EXPIRED = "expired"


class Segment(StrEnum):
    """Where money lies: this account year's, carried over, or in a wallet 当年 / 历年 / 钱包."""

    CURRENT = "current"
    PRIOR = "prior"
    WALLET = "wallet"  # never of a personal account


ACCOUNT_SEGMENTS = (Segment.CURRENT, Segment.PRIOR)
"""The segments of a personal account."""


class CreditKind(StrEnum):
    """Why money came into a personal account 入账种类."""

    MONTHLY = "monthly"  # 月度划入
    YEARLY_ADVANCE = "yearly_advance"  # 年度预划
    INTEREST = "interest"  # 利息
    INHERITANCE = "inheritance"  # 继承
    TRANSFER_IN = "transfer_in"  # 转移接续


class Relation(StrEnum):
    """What the beneficiary is to the grantor 亲属关系."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    MATERNAL_GRANDPARENT = "maternal_grandparent"
    GRANDCHILD = "grandchild"
    MATERNAL_GRANDCHILD = "maternal_grandchild"
    SPOUSE_PARENT = "spouse_parent"


class Evidence(StrEnum):
    """How a relation was shown 关系证明."""

    COMMITMENT = "commitment"  # 承诺书
    DOCUMENTS = "documents"  # 户口本、结婚证
    SYSTEM = "system"  # 数据共享核验


class Place(StrEnum):
    """Where care or goods were received 就医购药场所."""

    HOSPITAL = "hospital"
    CLINIC = "clinic"
    PHARMACY = "pharmacy"
    OFFICE = "office"  # where a premium is paid


class Category(StrEnum):
    """What a claim line is for 费用类别."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    CHRONIC = "chronic"
    SPECIAL_DRUG = "special_drug"
    MATERNITY = "maternity"
    DRUG = "drug"
    DEVICE = "device"
    VACCINE = "vaccine"
    RESIDENT_PREMIUM = "resident_premium"
    CARE_PREMIUM = "care_premium"
    COMMERCIAL_PREMIUM = "commercial_premium"


class Level(StrEnum):
    """Level of an institution, by which the fund's ratio differs 医疗机构级别."""

    VILLAGE = "village"  # 村卫生室
    COMMUNITY = "community"  # 社区卫生服务机构
    PRIMARY = "primary"  # 一级
    SECONDARY = "secondary"  # 二级
    TERTIARY = "tertiary"  # 三级


class Credential(StrEnum):
    """Whose credential was shown at the till 凭证."""

    OWN = "own"  # the patient's own
    PROXY = "proxy"  # a proxy who shows the identities of both
    GRANTOR = "grantor"  # the grantor's instead of the patient's
    NONE = "none"


class Area(StrEnum):
    """How far apart two places are, in pooling areas 统筹区."""

    SAME = "same"
    PROVINCE = "province"
    NATION = "nation"


class Order(StrEnum):
    """Order in which grantors' accounts are drawn on 扣款顺序."""

    FILING = "filing"  # first filed, first drawn
    LAST_BOUND = "last_bound"  # last bound, first drawn
    USER_SET = "user_set"  # as the beneficiary set it
    LARGEST_BALANCE = "largest_balance"  # largest available first; ties by person id
    ARRIVAL = "arrival"  # one balance, first come first served; grantors by person id
    LOCAL_FIRST = "local_first"  # grantors of the patient's own area first, then first filed


class OwnFirst(StrEnum):
    """What "own account first" demands 先用本人账户."""

    BEFORE_AID = "before_aid"  # own account pays what it may, relatives pay the rest
    MUST_BE_EMPTY = "must_be_empty"  # relatives pay only when nothing usable is left


class RefundSegment(StrEnum):
    """Where a refund from an earlier account year is booked 跨年退回的去向."""

    REFUSED = "refused"
    ORIGINAL = "original"
    AS_OF_NOW = "as_of_now"  # money of a closed year has become prior-year money


class Funding(StrEnum):
    """How money gets from a grantor to a beneficiary 资金方式."""

    CALL = "call"  # debited inside the settlement 即时调用
    POOL = "pool"  # set aside for the family beforehand 划拨到共济账户
    QUOTA = "quota"  # frozen for one beneficiary 共济额度
    TRANSFER = "transfer"  # given away beforehand 划转


class WalletModel(StrEnum):
    """What the national wallet does across provinces 医保钱包."""

    CLOSED = "closed"
    TRANSFER = "transfer"  # ownership passes once accepted (December 2024 to January 2026)
    QUOTA = "quota"  # nothing moves, a quota is frozen (notice of 9 January 2026)


class Origin(StrEnum):
    """Where the money of a transfer came from 转账来源."""

    ACCOUNT = "account"  # the sender's personal account
    WALLET = "wallet"  # the sender's wallet: sent on


class Till(StrEnum):
    """How mutual aid starts at the till 收费处启用方式."""

    AUTOMATIC = "automatic"
    ON_REQUEST = "on_request"  # the cashier must be told
    TWO_TAPS = "two_taps"  # refused and offered; a second tap within minutes accepts


class Side(StrEnum):
    """Who of two related persons may act."""

    GRANTOR = "grantor"
    EITHER = "either"


class RefundAfterEnd(StrEnum):
    """Where a grantor's part is refunded once the relation has ended 解绑后退费去向."""

    GRANTOR = "grantor"
    CASH = "cash"  # to the patient, in cash


class Payee(StrEnum):
    """Who receives the rest of a closed account 账户清退去向."""

    HEIR_ACCOUNT = "heir_account"
    HEIR_CASH = "heir_cash"
    POOLED_FUND = "pooled_fund"
    OWNER_CASH = "owner_cash"


class FilingKind(StrEnum):
    """Kinds of filing for care outside the home area 备案类型."""

    RETIRED_AWAY = "retired_away"  # 异地安置退休
    LIVING_AWAY = "living_away"  # 长期居住
    WORKING_AWAY = "working_away"  # 常驻异地工作
    REFERRAL = "referral"  # 转诊
    EMERGENCY = "emergency"  # 急诊抢救
    OTHER_TEMPORARY = "other_temporary"  # 其他临时外出


class ManualDeadline(StrEnum):
    """How the deadline of a manual claim is counted 手工报销期限."""

    NONE = "none"  # no deadline is known
    MONTHS_FROM_RECEIPT = "months_from_receipt"
    DAY_OF_NEXT_YEAR = "day_of_next_year"
    END_OF_NEXT_YEAR = "end_of_next_year"  # of the account year that follows


class CreditTiming(StrEnum):
    """When the yearly credit is booked 划入方式."""

    MONTHLY = "monthly"
    YEARLY_ADVANCE = "yearly_advance"


class Interest(StrEnum):
    """Rate at which money in an account earns interest 计息."""

    DEMAND = "demand"  # 活期
    THREE_MONTHS = "three_months"  # 三个月整存整取
    ONE_YEAR = "one_year"  # 一年期整存整取


class Consent(StrEnum):
    """How a beneficiary consents to a relation 同意方式."""

    NONE = "none"
    ACCEPT = "accept"  # accepts an invitation
    FACE = "face"
    FACE_FROM_16 = "face_from_16"  # under 16 a commitment is enough


class Authentication(StrEnum):
    """How the patient is verified at the till 身份核验."""

    NONE = "none"
    PIN = "pin"
    PIN_FOR_CARD = "pin_for_card"  # none for the electronic credential
    FACE = "face"


class EndReason(StrEnum):
    """Why a relation ended 关系终止原因."""

    UNBOUND = "unbound"
    SUSPENSION = "suspension"
    END = "end"
    MOVE = "move"
    DEATH = "death"
    DIVORCE = "divorce"


class Detail(StrEnum):
    """What is kept of a person beside the history, and can be erased 个人信息."""

    NAME = "name"
    BORN = "born"
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"


class Suspicion(StrEnum):
    """What a rule says of what it found 疑点等级."""

    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"


class ReviewStep(StrEnum):
    """The last step that a finding has taken 审核环节."""

    RAISED = "raised"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    OBJECTION = "objection"
    VERIFICATION = "verification"
    DECISION = "decision"


class Opinion(StrEnum):
    """What a reviewer thinks of a finding 审核意见."""

    STANDS = "stands"
    CLEARED = "cleared"


class Handling(StrEnum):
    """How a finding was decided 处理结果."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    DISMISSED = "dismissed"


PREMIUMS = frozenset(
    {Category.RESIDENT_PREMIUM, Category.CARE_PREMIUM, Category.COMMERCIAL_PREMIUM}
)
