"""What `gongji bench` calls the things that it measures."""

from __future__ import annotations

from domain.text import Text

WHAT = {
    "settling": Text("结算（落盘后答复）", "settlements, durable when answered"),
    "baseline": Text("基线：原样的 eventsourcing 库", "baseline: the stock eventsourcing library"),
    "hot.spread": Text("分散：多个同样的家庭", "spread over families of one kind"),
    "hot.family": Text("热点：全部落在一个家庭", "hot: all in one family"),
    "holding.cycle": Text("预授权后请款：整个周期", "authorize, then capture: whole cycles"),
    "holding.authorize": Text("其中：预授权", "of which authorizations"),
    "holding.capture": Text("其中：请款", "of which captures"),
    "growth": Text(
        "规模：{persons:,} 人，已有 {settled:,} 笔",
        "growth: {persons:,} persons, {settled:,} settled before",
    ),
    "growth.founding": Text("建立 {persons:,} 人：事件", "founding {persons:,} persons: events"),
    "replaying": Text("重放：读出、校验并折叠的事件", "replay: events read, validated, folded"),
    "replaying.read": Text("重放每条：读出并核对校验和", "replay, each event: read, checksum"),
    "replaying.decoded": Text("重放每条：解码并校验", "replay, each event: decoded, validated"),
    "replaying.folded": Text("重放每条：折叠", "replay, each event: folded"),
    "projecting": Text("投影：写入全部读模型的事件", "projection: events into every read model"),
    "opening.open": Text("kill -9 后：打开账本", "after kill -9: the store is open"),
    "opening.read": Text("kill -9 后：读到正确余额", "after kill -9: first correct read"),
    "opening.settle": Text("kill -9 后：新结算已答复", "after kill -9: first new settlement"),
    "opening.start_read": Text(
        "连同启动解释器：读到正确余额", "with the interpreter's start: first correct read"
    ),
    "opening.start_settle": Text(
        "连同启动解释器：新结算已答复", "with the interpreter's start: first new settlement"
    ),
    "storage.events.settlement": Text("每笔结算：事件文件", "each settlement: events file"),
    "storage.lookup.settlement": Text("每笔结算：索引文件", "each settlement: index file"),
    "storage.views.settlement": Text("每笔结算：读模型文件", "each settlement: views file"),
    "storage.events.person": Text("每个参保人：事件文件", "each person: events file"),
    "storage.lookup.person": Text("每个参保人：索引文件", "each person: index file"),
    "storage.views.person": Text("每个参保人：读模型文件", "each person: views file"),
    "merkle.event": Text(
        "日志：每组千笔，每条事件（处理器）", "log: each event, groups of 1,000, CPU"
    ),
    "merkle.bare_event": Text(
        "无日志：每组千笔，每条事件（处理器）", "no log: each event, groups of 1,000, CPU"
    ),
    "merkle.cost": Text("日志：每条事件所费（处理器）", "log: cost of each event, CPU"),
    "merkle.settling": Text("日志：结算", "log: settlements"),
    "merkle.bare_settling": Text("无日志：结算", "no log: settlements"),
    "merkle.bytes": Text("日志：每条事件的散列值", "log: hashes of each event"),
    "memory.person": Text("内存：每个参保人", "memory: each person at hand"),
    "memory.settlement": Text("内存：每笔结算", "memory: each settlement"),
    "memory.started": Text("进程：启动后", "process: started"),
    "memory.opened": Text("进程：账本已打开", "process: store open"),
    "memory.at_hand": Text("进程：人人在手", "process: everybody at hand"),
    "memory.settled": Text("进程：结算之后", "process: after settling"),
}

STAGES = {
    "client": Text("分段：客户端", "stage: the client"),
    "request": Text("分段：写下请求、排队", "stage: write the request down, queue"),
    "find": Text("分段：查键与单号", "stage: look keys and claims up"),
    "gather": Text("分段：收集状态与规则", "stage: gather states and rules"),
    "decide": Text("分段：决定", "stage: decide"),
    "fold": Text("分段：折叠新事实", "stage: fold new facts"),
    "encode": Text("分段：写成字节", "stage: encode"),
    "commit": Text("分段：提交（SQLite 与 fsync）", "stage: commit (SQLite, fsync)"),
    "rest": Text("分段：其余", "stage: the rest"),
}

UNITS = {
    "per_second": Text("每秒", "a second"),
    "us": Text("微秒", "µs"),
    "ns": Text("纳秒", "ns"),
    "bytes": Text("字节", "bytes"),
}
