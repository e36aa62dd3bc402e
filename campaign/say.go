package campaign

import (
	"errors"
	"fmt"
	"strings"
)

// Say is an error of this package in the words of staff: one sentence a line
// that says what to do next; "" for an error that is not of this package.
func Say(err error) string {
	var rejected *Rejected
	var right *RightError
	var state *StateError
	var approval *ApprovalError
	switch {
	case errors.As(err, &rejected):
		lines := make([]string, len(rejected.Problems))
		for i, p := range rejected.Problems {
			lines[i] = p.Text + "。"
		}
		return strings.Join(lines, "\n")
	case errors.As(err, &right):
		return "这一步要有「" + joinRights(right.Want) + "」角色的账号来做。"
	case errors.As(err, &state):
		return fmt.Sprintf("推送现在是「%s」，不能变成「%s」。", state.From.Chinese(), state.To.Chinese())
	case errors.As(err, &approval):
		return approval.Reason + "。"
	}
	for _, s := range sayings {
		if errors.Is(err, s.err) {
			return s.text
		}
	}
	return ""
}

var sayings = []struct {
	err  error
	text string
}{
	{ErrUnknown, "没有这个编号的推送，请核对编号。"},
	{ErrChanged, "刚刚有人改过，请重新打开，看过再做。"},
	{ErrSelfApproval, "自己写过的不能自己审核，请别人审核。"},
	{ErrReason, "请写明原因。"},
	{ErrPreviews, fmt.Sprintf("今天的%d次试发已经用完，请明天再试。", PreviewsPerDay)},
	{ErrLost, "另一处正在处理这个推送，请稍后再看。"},
}

func joinRights(rights []Right) string {
	texts := make([]string, len(rights))
	for i, r := range rights {
		texts[i] = string(r)
	}
	return strings.Join(texts, "」或「")
}
