"""Functions and macros of the kernel whose behaviour decides what becomes of a result."""

from __future__ import annotations

import re

from reviewbot.patterns import regex

__all__ = ["LOCKS", "NO_RETURN", "PLAIN", "STOPS_WHEN", "TRANSPARENT", "is_reporter"]

NO_RETURN = frozenset({
    "BUG", "panic", "__builtin_unreachable", "unreachable", "do_exit", "kthread_exit", "__builtin_trap",
    "make_task_dead", "do_group_exit", "kthread_complete_and_exit", "BUG_unreachable", "nmi_panic_self_stop",
    "complete_and_exit", "module_put_and_kthread_exit", "__module_put_and_kthread_exit", "usercopy_abort",
    "fortify_panic", "__fortify_panic", "__stack_chk_fail", "stop_this_cpu", "cpu_die_early", "snp_abort",
    "kunit_skip", "kunit_abort", "kunit_try_catch_throw",
    "sev_es_terminate", "rewind_stack_and_make_dead", "rewind_stack_do_exit",
})
"""Code behind a call of one of these does not run."""

STOPS_WHEN = frozenset({"BUG_ON"})
"""Macros that stop the machine when their argument is true; what only a debugging option turns on is none of them."""

TRANSPARENT = frozenset({
    "likely", "unlikely", "WARN_ON", "WARN_ON_ONCE", "WARN_ON_SMP", "WARN", "WARN_ONCE", "WARN_TAINT",
    "WARN_RATELIMIT",
    "IS_ERR_VALUE", "ERR_PTR", "PTR_ERR", "ERR_CAST", "IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR_OR_ZERO", "vmf_error",
    "notifier_from_errno", "notifier_to_errno", "READ_ONCE", "data_race", "min", "max", "min_t", "max_t", "abs",
    "drm_WARN_ON", "drm_WARN_ON_ONCE", "VM_WARN_ON", "VM_WARN_ON_ONCE", "ASSERT_RTNL", "dev_err_probe",
    "net_warn_on", "MM_WARN_ON", "SEV_WARN", "kvm_warn_on", "KVM_BUG_ON", "XFS_TEST_ERROR", "blk_status_to_errno",
    "errno_to_blk_status", "be32_to_cpu", "cpu_to_be32", "le32_to_cpu", "cpu_to_le32", "vmf_fs_error",
})
"""The value of such a call carries the value of its arguments; handing a result to one of them is not yet a use."""

_REPORTERS = regex(r"""
      (?:\w*_)?(?:WARN|BUG)_ON(?:_ONCE|_SMP|_FOLIO|_PAGE|_VMA|_MM)?\w*
    | (?:\w*_)?WARN(?:_ONCE|_TAINT|_RATELIMIT|_TAINT_ONCE)?
    | _?printk\w* | early_printk | vprintk\w* | trace_\w+ | trace_printk | dump_stack\w* | pr_\w+ | pr_fmt
    | (?:dev|netdev|netif|drm|net|wiphy|ibdev|pci|mmc|sdev|scmd|cc|ctx|vdev|usb|hid|snd|ata|btrfs|xfs|ext4|nfs)
      _(?:emerg|alert|crit|err|warn|warning|notice|info|dbg|debug|printk|cont|vdbg)\w*
    | DRM_(?:ERROR|WARN|INFO|DEBUG|NOTE|DEV_\w+)\w* | kunit_(?:err|warn|info|log) | seq_printf | seq_puts | audit_log\w*
    | pstore_\w*print\w* | add_taint | add_taint_module | show_\w*stack\w* | print_\w+ | xen_raw_printk | early_pr_\w+
""", re.VERBOSE)
_BY_FORMAT = regex(r"\w*(?:err|error|warn|warning|dbg|debug|info|notice|crit|alert|log|msg|print|printf|report)"
                   r"(?:_once|_ratelimited|_rl)?|\w*(?:ERR|ERROR|WARN|DBG|DEBUG|INFO|LOG|MSG|PRINT)\w*")


def is_reporter(name: str, *, has_text: bool) -> bool:
    """Return whether a call only tells somebody (log, trace, warning) and changes nothing that the kernel acts on.

    `has_text`: one of its first three arguments is a string literal, as a format is; then a name like `my_warn`
    is enough.
    """
    return bool(_REPORTERS.fullmatch(name)) or (has_text and bool(_BY_FORMAT.fullmatch(name)))


LOCKS: tuple[tuple[str, str], ...] = (
    ("spin_lock", "spin_unlock"), ("spin_lock_irq", "spin_unlock_irq"), ("spin_lock_bh", "spin_unlock_bh"),
    ("spin_lock_irqsave", "spin_unlock_irqrestore"), ("raw_spin_lock", "raw_spin_unlock"),
    ("raw_spin_lock_irq", "raw_spin_unlock_irq"), ("raw_spin_lock_irqsave", "raw_spin_unlock_irqrestore"),
    ("read_lock", "read_unlock"), ("write_lock", "write_unlock"), ("read_lock_irqsave", "read_unlock_irqrestore"),
    ("write_lock_irqsave", "write_unlock_irqrestore"), ("write_lock_irq", "write_unlock_irq"),
    ("read_lock_irq", "read_unlock_irq"), ("read_lock_bh", "read_unlock_bh"), ("write_lock_bh", "write_unlock_bh"),
    ("local_irq_save", "local_irq_restore"), ("local_irq_disable", "local_irq_enable"),
    ("local_bh_disable", "local_bh_enable"), ("preempt_disable", "preempt_enable"),
    ("rcu_read_lock", "rcu_read_unlock"),
    ("mutex_lock", "mutex_unlock"), ("mutex_lock_interruptible", "mutex_unlock"),
    ("mutex_lock_killable", "mutex_unlock"), ("mutex_lock_nested", "mutex_unlock"),
    ("down_read", "up_read"), ("down_write", "up_write"), ("down", "up"),
    ("get_cpu", "put_cpu"), ("kmap_atomic", "kunmap_atomic"), ("kmap_local_page", "kunmap_local"),
    ("local_lock_irqsave", "local_unlock_irqrestore"), ("local_lock", "local_unlock"),
    ("cpus_read_lock", "cpus_read_unlock"),
    ("arch_spin_lock", "arch_spin_unlock"), ("bit_spin_lock", "bit_spin_unlock"), ("task_lock", "task_unlock"),
)
"""What takes a lock or forbids sleeping, and what ends that."""

PLAIN = frozenset({
    "memset", "memcpy", "memmove", "strcpy", "strscpy", "snprintf", "sprintf", "scnprintf", "memzero_explicit",
    "INIT_LIST_HEAD", "cond_resched", "cpu_relax", "barrier", "mb", "wmb", "rmb", "smp_mb", "smp_wmb", "smp_rmb",
    "isb", "dsb", "set_bit", "clear_bit", "list_add", "list_del", "list_add_tail", "atomic_inc", "atomic_dec",
    "might_sleep"
})
"""What every file calls and nobody has to look up."""
