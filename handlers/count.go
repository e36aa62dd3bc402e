package handlers

import (
	"pufa/bot"
	"pufa/stats"
)

// resultOf says what is kept and counted of a reply.
func resultOf(in incoming, r bot.Reply) Result {
	if r.Outcome == bot.Crisis {
		// The bot found danger where the first look did not.
		return crisisResult(in, r.Card)
	}
	result := Result{Stored: Stored{Text: r.Text}, Dialogue: r.Dialogue, Action: r.Action}
	if !in.Test {
		result.Events = eventsOf(in, r)
		if r.Gap.Text != "" {
			result.Gap = Gap{r.Gap.Text, string(r.Gap.Shape), r.Gap.Entry}
		}
	}
	return result
}

// crisisResult keeps the card for a repeated delivery and adds one to the
// day's count (promise 3).
func crisisResult(in incoming, card string) Result {
	r := Result{Stored: Stored{Card: card}}
	if !in.Test {
		r.Events = []stats.Event{stats.Crisis(in.at)}
	}
	return r
}

// eventsOf counts following and leaving beside the messages, and a rating both
// as a message and, for the entry it is about, as a rating.
func eventsOf(in incoming, r bot.Reply) []stats.Event {
	m := in.message
	e := stats.Event{
		At: in.at, Kind: stats.Message, Outcome: string(r.Outcome), Source: string(m.Kind),
		Entry: r.Entry, Topic: r.Topic, Themes: r.Themes, Model: r.Model, Sensitive: r.Sensitive,
	}
	switch {
	case m.Kind == bot.Silent:
		return nil
	case m.Kind == bot.Subscribe:
		return []stats.Event{{At: in.at, Kind: stats.Subscribe, Source: followSource(m)}}
	case m.Kind == bot.Unsubscribe:
		return []stats.Event{{At: in.at, Kind: stats.Unsubscribe}}
	case r.Gap.Shape != "":
		return []stats.Event{e, gapOf(e, r.Gap)}
	case r.Rating == bot.NoRating:
		return []stats.Event{e}
	}
	rating := e
	rating.Kind, rating.Outcome = stats.Unhelpful, ""
	if r.Rating == bot.HelpfulYes {
		rating.Kind = stats.Helpful
	}
	// Rating an entry is not asking for it once more.
	e.Entry, e.Topic, e.Themes, e.Model = "", "", nil, false
	return []stats.Event{e, rating}
}

// gapOf counts beside its message how it went unanswered.
func gapOf(e stats.Event, g bot.Gap) stats.Event {
	return stats.Event{
		At: e.At, Kind: stats.Gap, Outcome: string(g.Shape), Source: e.Source,
		Entry: g.Entry, Topic: g.Topic, Length: string(g.Length),
	}
}

// followSource says whether a poster's code brought the resident, not which:
// few may come by one poster.
func followSource(m bot.Message) string {
	if m.Key != "" {
		return string(bot.Scan)
	}
	return ""
}
