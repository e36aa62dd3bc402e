package bot

import "testing"

func TestAFieldAloneIsAskedBack(t *testing.T) {
	for text, want := range map[string]bool{
		"房子的事": true, "老人的事找谁": true, "邻居的问题": true, "消费方面的": true,
		"房东不退押金": false, "老人的遗嘱要不要公证，有没有别的问题": false, "彩礼": false,
	} {
		if got := isAtLarge(text); got != want {
			t.Errorf("isAtLarge(%q) = %v, want %v", text, got, want)
		}
	}
}
