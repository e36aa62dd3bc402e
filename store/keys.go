package store

import (
	"encoding/base64"
	"strconv"
	"sync/atomic"
)

// keys builds every key of one account. All of them share one hash tag, so
// that a script may touch several on a Cluster; docs/redis-keys.md lists the
// same rows, and a test compares the two.
type keys struct {
	prefix string
	today  *atomic.Pointer[dayKeys] // of the day that was asked about last
}

func newKeys(account string) keys {
	return keys{"pufa:{" + account + "}:", new(atomic.Pointer[dayKeys])}
}

// secret is a STRING: the fingerprint of PUFA_SECRET. Never expires.
func (k keys) secret() string { return k.prefix + "secret" }

// since is a STRING: the first day counted, 20260308. Never expires.
func (k keys) since() string { return k.prefix + "since" }

// next is a STRING: the last resident number given. Never expires, so that no
// number is used twice.
func (k keys) next() string { return k.prefix + "next" }

// residents is a HASH: pseudonym (16 bytes) -> number, with an n in front
// until the first reply is committed. Never expires; 删除 deletes the field.
func (k keys) residents() string { return k.prefix + "residents" }

// message is a STRING: p and the token of who works on it (4.5 s), then r,
// the token and the reply (10 minutes).
func (k keys) message(hash []byte) string { return k.prefix + "m:" + encode(hash) }

// dialogue is a STRING: minute (8 digits), messages in that minute (3
// digits), the dialogue as JSON. Expires after 10 minutes.
func (k keys) dialogue(pseudonym []byte) string { return k.prefix + "d:" + encode(pseudonym) }

// counted is a SET: 8 bytes of each counted message's hash. Expires two days
// after its day, which bounds how late a spooled commit can come twice.
func (k keys) counted(day string) string { return k.prefix + "counted:" + day }

// day is a HASH: the counters of a day. Never expires: it is the record.
func (k keys) day(day string) string { return k.prefix + "day:" + day }

// month is a HASH: the counters of a month. Never expires: it is the record.
func (k keys) month(month string) string { return k.prefix + "month:" + month }

// bits is a STRING: one bit a resident number seen in the month or year.
// Never expires: the bitmap is its own record.
func (k keys) bits(period string) string { return k.prefix + "bits:" + period }

// optout is a STRING: one bit a resident number who wants no pushes. Never
// expires; 删除 clears the bit.
func (k keys) optout() string { return k.prefix + "optout" }

// followers is a STRING: one bit a resident number who follows. Never
// expires; 删除 clears the bit.
func (k keys) followers() string { return k.prefix + "followers" }

// windows is a HASH: window -> when it ends and its throw-away key. A field
// is deleted when its window is closed.
func (k keys) windows() string { return k.prefix + "windows" }

// window is a SET: 8 bytes of HMAC(throw-away key, number) a resident.
// Deleted when its window is closed; expires 90 days after its end, should
// nothing have run for so long.
func (k keys) window(name string) string { return k.prefix + "w:" + name }

// ledger is a STREAM: one line an event, ids 0-1, 0-2 and so on. Deleted after
// PUFA_LEDGER_MONTHS, when the counters were checked against it.
func (k keys) ledger(month string) string { return k.prefix + "ledger:" + month }

// crisis is a STREAM: the ledger's lines of messages in danger, apart so that
// no neighbour tells the hour. Deleted with ledger.
func (k keys) crisis(month string) string { return k.prefix + "crisis:" + month }

// retired is a HASH: month -> mark of a month whose ledger was dropped, as JSON:
// how many lines, when, the sum over the counters as they were checked. Never
// expires: it says why a month cannot be rebuilt.
func (k keys) retired() string { return k.prefix + "retired" }

// approved is a HASH: entry -> approval as JSON. Never expires.
func (k keys) approved() string { return k.prefix + "approved" }

// version is a STRING: a number raised at every change of what the library
// shows. Never expires.
func (k keys) version() string { return k.prefix + "version" }

// accounts is a HASH: name -> staff account as JSON, with the hash of its
// password. Never expires.
func (k keys) accounts() string { return k.prefix + "staff" }

// trail is a STREAM: who did what, each line with the sum over all before it,
// ids 0-1, 0-2 and so on. Never expires: it is the record.
func (k keys) trail() string { return k.prefix + "trail" }

// edits is a HASH: entry -> where its versions stand, as JSON. Never expires.
func (k keys) edits() string { return k.prefix + "edits" }

// edit is a HASH: number -> version of the entry as JSON, with its text. Never
// expires: at most 200 versions of 64 KiB each.
func (k keys) edit(entry string) string { return k.prefix + "edit:" + entry }

// released is a HASH: entry -> the version that residents read in place of the
// shipped text, as JSON. Never expires; a rollback to the shipped text deletes
// the field.
func (k keys) released() string { return k.prefix + "released" }

// token is a HASH: the platform's access token sealed (s), and its fingerprint
// (f). Expires a minute before the token.
func (k keys) token() string { return k.prefix + "token" }

// fetching is a STRING: the instance that fetches a token. Expires after 12
// seconds; deleted when it is done.
func (k keys) fetching() string { return k.prefix + "fetching" }

// allowance is a HASH: what customer messages a resident's deeds allow: wu and
// wn, end and number left after a message, au and an after a click, a scan or
// a subscription. Expires with the last of them, 48 hours at most.
func (k keys) allowance(hash []byte) string { return k.prefix + "allow:" + encode(hash) }

// campaigns is a HASH: id -> version, state and the campaign as JSON. Never
// expires: it is the record of what the office did.
func (k keys) campaigns() string { return k.prefix + "campaigns" }

// campaignDue is a ZSET: id of a campaign that is scheduled or worked on -> when
// somebody must look at it, in ms: its due time, the end of its holder's lease.
// A member is deleted when the campaign is over, paused or a draft again.
func (k keys) campaignDue() string { return k.prefix + "campaign:due" }

// campaignHeld is a HASH: id -> token of the instance that holds the campaign.
// A field is deleted when it is let go or over.
func (k keys) campaignHeld() string { return k.prefix + "campaign:held" }

// campaignBegun is a STRING: how many campaigns ever began, so that two that
// begin at once see each other. Never expires.
func (k keys) campaignBegun() string { return k.prefix + "campaign:begun" }

// previews is a STRING: test sends of a day. Expires after 2 days.
func (k keys) previews(day string) string { return k.prefix + "previews:" + day }

// follower is a HASH: resident number -> openid, of 256 numbers in a row. The
// only place with openids. Never expires; a field is deleted when the person
// does not follow any more, and by 删除.
func (k keys) follower(number int64) string {
	return k.prefix + "follower:" + strconv.FormatInt(number/rowsPerBucket, 10)
}

// syncing is a STRING: the token of who reads the list of followers. Expires
// after 5 minutes without a sign of life.
func (k keys) syncing() string { return k.prefix + "syncing" }

// synced is a STRING: when the list of followers was last read to its end, in
// seconds. Never expires.
func (k keys) synced() string { return k.prefix + "synced" }

// consent is a STRING: one bit a resident number who asked for the notices of
// a template, or for a topic, by their own command. Never expires: refusal
// clears the bit, and the bit of a number that was deleted is nobody's.
func (k keys) consent(name string) string { return k.prefix + "consent:" + name }

// limits is a STRING: one byte a resident number, how many pushes a month the
// resident wants at most, 0 = as many as come. Never expires.
func (k keys) limits() string { return k.prefix + "limits" }

// pushes is a STRING: one byte a resident number, how many calls were begun
// for the resident in the month. Expires 62 days after the last one.
func (k keys) pushes(month string) string { return k.prefix + "pushes:" + month }

// send is a HASH: from, the number up to which the list of a campaign is made
// (-1 = whole); doubt, when a batch was last taken over; by fate how many
// there are. Expires 30 days after the campaign is over, 150 days after the
// list was made at the latest.
func (k keys) send(campaign string) string { return k.prefix + "send:" + campaign }

// sendList is a STRING: the resident numbers of a campaign's recipients, 4
// bytes each, rising. Expires with send.
func (k keys) sendList(campaign string) string { return k.prefix + "sendlist:" + campaign }

// sendFates is a STRING: one byte a recipient, see campaign.Fate. Expires with
// send.
func (k keys) sendFates(campaign string) string { return k.prefix + "sendfates:" + campaign }

// sendQueue is a ZSET: batch -> time in ms from which it may be taken. A batch
// is deleted when nobody in it is left.
func (k keys) sendQueue(campaign string) string { return k.prefix + "sendqueue:" + campaign }

// sendHolds is a HASH: batch -> token of who holds it and the number of the
// last step. A field is deleted when the batch is over or given back.
func (k keys) sendHolds(campaign string) string { return k.prefix + "sendholds:" + campaign }

// sendRate is a HASH: how many calls a channel may make now (level, at) and
// made today (day, used), and until when it must rest. Never expires: there
// is one a channel.
func (k keys) sendRate(channel string) string { return k.prefix + "sendrate:" + channel }

// sendStop is a STRING: why nothing is sent any more. Never expires: it is
// deleted by a person.
func (k keys) sendStop() string { return k.prefix + "sendstop" }

// activities is a STREAM: the register of activities, one line a deed of
// staff, ids 0-1, 0-2 and so on. Never expires: it is the record.
func (k keys) activities() string { return k.prefix + "activities" }

// scenes is a HASH: id -> scene of a poster's code as JSON: place, theme, line,
// who made it. Never expires: it says what the ledger's scans were of.
func (k keys) scenes() string { return k.prefix + "scenes" }

// testers is a HASH: mark (16 bytes) of a WeChat account by which staff try the
// service -> who made it one and when, as JSON; 50 at most. Never expires: a
// field is deleted when it is one no more.
func (k keys) testers() string { return k.prefix + "testers" }

// testCodes is a HASH: 16 bytes of HMAC(secret, code of a test account to be)
// -> until when it works in ms, and whose it is; one an account. Expires after
// 10 minutes; a field is deleted when it is used.
func (k keys) testCodes() string { return k.prefix + "testcodes" }

// session is a STRING: what a session of the staff console holds, under the
// hash of its token. Expires after 30 minutes without a click, 12 hours at most.
func (k keys) session(hash []byte) string { return k.prefix + "session:" + encode(hash) }

// door is a HASH: tries to sign in as one name from one place (n), when the
// next one is let in (at), and whose turn it is (turn). Expires after an hour;
// deleted by signing in.
func (k keys) door(hash []byte) string { return k.prefix + "door:" + encode(hash) }

// doorName is a STRING: tries to sign in as one name. Expires 15 minutes after
// the last one.
func (k keys) doorName(hash []byte) string { return k.prefix + "door:name:" + encode(hash) }

// doorPlace is a STRING: tries to sign in from one place. Expires after a
// minute.
func (k keys) doorPlace(hash []byte) string { return k.prefix + "door:place:" + encode(hash) }

// usedCode is a STRING: a one-time code was used. Expires after 3 minutes,
// when it is no code any more.
func (k keys) usedCode(hash []byte) string { return k.prefix + "usedcode:" + encode(hash) }

// invite is a STRING: whoever has the token of this hash may make the first
// account. Expires after a day; deleted when it is used.
func (k keys) invite(hash []byte) string { return k.prefix + "invite:" + encode(hash) }

// street is a LIST: what the office told about itself, each version as JSON,
// the newest last. Never expires: some hundred bytes a change.
func (k keys) street() string { return k.prefix + "street" }

// apiTokens is a HASH: id -> interface token as JSON, of its text only a hash.
// A field is deleted when the token is withdrawn; 20 at most.
func (k keys) apiTokens() string { return k.prefix + "api:tokens" }

// apiCalls is a STRING: when an interface token will have made up for its
// calls, in ms. Expires then, half a minute from now at most.
func (k keys) apiCalls(id string) string { return k.prefix + "api:calls:" + id }

// gap is a SET: 8 bytes a resident who asked a question that went without an
// answer, in one masked wording. Expires with its 30 days.
func (k keys) gap(text []byte) string { return k.prefix + "gap:" + encode(text) }

// gapSets is a STRING: how many sets of gap were begun in the 30 days from a
// day on. Expires with them.
func (k keys) gapSets(day string) string { return k.prefix + "gapsets:" + day }

// gaps is a HASH: masked text that 3 residents asked -> how many did, shape,
// nearest entry. Expires with its 30 days.
func (k keys) gaps(day string) string { return k.prefix + "gaps:" + day }

// model is a HASH: t, the tokens that models cost on the day; 8 bytes of
// HMAC(secret, day and openid) -> questions of theirs of which a model was
// asked. Expires 25 hours after it was last touched.
func (k keys) model(day string) string { return k.prefix + "model:" + day }

// modelUse is a HASH: what the helpers of models did in a day or month, by
// helper and end, tokens, milliseconds, effect -> sum; of a day also @ and a
// process -> its last batch. A day expires after 40 days, a month after 800.
func (k keys) modelUse(period string) string { return k.prefix + "modeluse:" + period }

// tickets is a HASH: code -> ticket as JSON: kind, topic, state, who has it;
// nothing of whoever opened it. A field is deleted some weeks after the ticket
// is over, of a request 3 years after.
func (k keys) tickets() string { return k.prefix + "tickets" }

// ticketOf is a HASH: codes of the tickets that a person opened -> day. The
// owner is another keyed hash than the pseudonym. Expires 48 hours after the
// person asked for somebody, with the way back.
func (k keys) ticketOf(owner []byte) string { return k.prefix + "ticket:of:" + encode(owner) }

// ticketBack is a STRING: the openid of whoever opened a ticket, sealed.
// Expires with the platform's window, 48 hours; deleted when the ticket is over.
func (k keys) ticketBack(code string) string { return k.prefix + "ticket:back:" + code }

// ticketCall is a STRING: how the person wants to be called, sealed. Expires
// PUFA_DESK_KEEP_DAYS after it was typed; deleted when the ticket is over.
func (k keys) ticketCall(code string) string { return k.prefix + "ticket:call:" + code }

// ticketDay is a STRING: how many tickets were opened on a day. Expires after 2
// days.
func (k keys) ticketDay(day string) string { return k.prefix + "ticket:day:" + day }

// ticketCount is a HASH: how many tickets reached a state in a month, by kind.
// Never expires: it is the record.
func (k keys) ticketCount(month string) string { return k.prefix + "ticket:count:" + month }

// restoring is a STRING: a backup is being restored, and the store is not whole.
// Deleted when it is.
func (k keys) restoring() string { return k.prefix + "restoring" }

// backedUp is a STRING: when the last backup was made, in seconds. Never
// expires.
func (k keys) backedUp() string { return k.prefix + "backedup" }

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
