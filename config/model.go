package config

// maxPrice is no price any more, in yuan a million tokens.
const maxPrice = 100_000

func (l *loader) checkPrices(o *OpenAI) {
	for _, p := range []struct {
		key  string
		yuan float64
	}{
		{"PUFA_OPENAI_PRICE_IN", o.PriceIn}, {"PUFA_OPENAI_PRICE_OUT", o.PriceOut}, {"PUFA_OPENAI_PRICE_EMBEDDING", o.PriceEmbedding},
	} {
		if !(p.yuan >= 0 && p.yuan <= maxPrice) { // NaN is neither
			l.problem("%s: not 0 to %d; write what a million tokens cost in yuan, 0 where that is not known", l.where(p.key), maxPrice)
		}
	}
}

// checkLater sees that an answer that follows has a way to the resident.
func (l *loader) checkLater(s *Settings) {
	if !s.OpenAI.Later {
		return
	}
	if !s.OpenAI.Choose {
		l.problem("%s: on, while PUFA_OPENAI_CHOOSE is off; what follows is what the model chooses", l.where("PUFA_OPENAI_LATER"))
	}
	if s.WeChat.Account != Service || !s.WeChat.Verified {
		l.problem("%s: on, while the account is no verified service account (PUFA_WECHAT_ACCOUNT, PUFA_WECHAT_VERIFIED); no other has customer messages", l.where("PUFA_OPENAI_LATER"))
	}
}
