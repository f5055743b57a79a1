"""The closed taxonomy of causes, of jobs and of incidents: codes, and the words that stand for each in both languages.

The codes of the platform are those of the Llama 3 training run with the additions of the scheme (§2.2). Case, spaces
and signs make no difference: `GPU fault`, `gpu_fault` and `GPU-Fault` are one word. `docs/formats/causes.md` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from unicodedata import normalize

# Codes that say no more than whom a job is counted against stand first, and are no root cause.
PLATFORM: Mapping[str, str] = {
    "platform": "platform fault, platform failure, infrastructure; 平台, 平台原因, 平台故障, 基础设施故障",
    "faulty_gpu": "gpu, gpu fault, gpu failure, gpu error, gpu lost, npu fault, npu failure, faulty npu, card fault, "
    "card failure, faulty card, accelerator fault, accelerator failure, xid; GPU故障, GPU硬件故障, GPU掉卡, NPU故障, "
    "加速卡故障, 算力卡故障, 显卡故障, 芯片故障, 卡故障, 掉卡",
    "hbm": "hbm3, hbm fault, hbm error, ecc, ecc error; HBM故障, HBM错误, 高带宽内存故障, 显存故障, 显存错误, ECC错误",
    "gpu_sram": "sram, sram error; SRAM故障, GPU SRAM故障",
    "gpu_system_processor": "gsp, gsp error; GSP故障, GPU系统处理器故障",
    "cpu": "cpu fault, cpu failure; CPU故障, 处理器故障",
    "host_memory": "dram, dimm, memory fault, host memory fault; 内存故障, 主机内存故障, 内存条故障",
    "network_switch_cable": "network, network fault, network failure, network error, network outage, switch, cable, "
    "switch fault, cable fault, link, link down, link fault, link flap, optics, optical module, transceiver, fibre; "
    "网络, 网络故障, 网络中断, 网络异常, 交换机故障, 线缆故障, 光缆故障, 光纤故障, 光模块故障, 链路故障, 链路中断, "
    "链路闪断, 网络交换机或线缆故障",
    "nic": "nic fault, nic failure, network card, hca; 网卡, 网卡故障",
    "ssd": "disk, disk fault, disk failure, nvme, drive failure; 硬盘故障, 磁盘故障, 固态硬盘故障, SSD故障",
    "storage": "storage fault, storage failure, file system, file system fault; 存储, 存储故障, 存储系统故障, "
    "文件系统故障, 并行文件系统故障",
    "power_psu": "power, psu, power supply, power fault, power failure, power outage, power cut, ups; 电源, 电源故障, "
    "电源模块故障, 供电, 供电故障, 供电中断, 供配电故障, 市电中断, 停电, 断电, 掉电, UPS故障",
    "thermal": "overheating, over temperature, temperature; 过热, 超温, 高温, 温度过高, 散热故障",
    "cooling": "cooling fault, cooling failure, fan, fan failure, chiller, leak, coolant leak; 冷却故障, 制冷故障, "
    "空调故障, 风扇故障, 水泵故障, 液冷故障, 漏液, 漏水",
    "silent_data_corruption": "sdc; 静默数据错误, 静默数据损坏",
    "software_bug": "software, software fault, software failure, bug, driver, driver fault, firmware, firmware fault, "
    "system software; 软件缺陷, 软件故障, 系统软件故障, 平台软件故障, 平台软件缺陷, 驱动故障, 固件故障",
    "scheduler": "scheduler fault, scheduler failure, scheduler outage; 调度器故障, 调度故障, 调度系统故障",
    "node": "node fail, node failure, node fault, node down, host failure, server failure, server fault, boot failure, "
    "mainboard, hardware, hardware fault, hardware failure; 节点故障, 节点宕机, 节点掉线, 宕机, 主机故障, 服务器故障, "
    "主板故障, 启动失败, 硬件, 硬件故障",
    "host_maintenance": "unplanned maintenance, unplanned host maintenance, emergency maintenance; 主机维护, "
    "计划外维护, 非计划维护, 紧急维护, 临时维护",
}
USER: Mapping[str, str] = {
    "user": "user fault, user side, customer; 用户, 用户原因, 用户侧原因, 客户原因",
    "user_error": "user code, user code error, user script error; 用户错误, 用户代码错误, 用户程序错误, 用户脚本错误, "
    "用户参数错误, 用户配置错误, 用户数据错误, 用户操作错误, 用户误操作",
    "user_request": "cancelled, canceled, cancelled by user, canceled by user, user cancelled, user canceled; 已取消, "
    "取消, 用户请求, 用户取消, 用户主动取消, 用户终止, 用户停止",
    "application": "application error, application failure, app error; 应用错误, 应用故障, 应用异常, 应用程序错误, "
    "应用程序异常",
    "out_of_memory": "oom, cuda out of memory; 内存不足, 内存溢出, 内存超限, 显存不足, 显存溢出",
    "time_limit": "timeout, walltime, deadline, deadline exceeded; 超时, 作业超时, 运行超时, 超出时限, 超过时限",
    "quota": "quota exceeded, insufficient quota; 配额, 配额不足, 超出配额, 欠费",
}
POLICY: Mapping[str, str] = {
    "policy": "scheduling policy; 策略, 调度策略",
    "preempted": "preemption; 抢占, 被抢占, 资源抢占",
    "requeued": "requeue; 重新排队, 重排队",
    "maintenance": "planned, planned maintenance, scheduled maintenance; 维护, 计划内, 计划维护, 计划内维护, 例行维护, "
    "定期维护",
}
# What people write where they do not know, or not yet.
NOTHING_SAID = (
    "unknown, unclear, undetermined, unidentified, other, others, none, n/a, null, nil, tbd, tbc, pending, "
    "investigating, under investigation; 未知, 不明, 不详, 原因不明, 原因未知, 待查, 待定, 待确认, 待分析, "
    "待排查, 排查中, 调查中, 分析中, 处理中, 未定位, 未查明, 未确认, 无, 暂无, 其他, 其它"
)


def plain(word: str) -> str:
    """A word without what makes no difference: case, width, spaces and signs."""
    return "".join(sign for sign in normalize("NFKC", word).casefold() if sign.isalnum())


def words_of(said: str) -> list[str]:
    """The words of one list, English before Chinese."""
    return [word.strip() for part in said.split(";") for word in part.split(",")]


def _code_of_each(codes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {plain(word): code for rows in codes for code, said in rows.items() for word in (code, *words_of(said))}


CODES: Mapping[str, str] = _code_of_each((PLATFORM, USER, POLICY))
SILENT = frozenset({"", *map(plain, words_of(NOTHING_SAID))})
