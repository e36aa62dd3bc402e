package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"

	"pufa/handlers/console"
	"pufa/staff"
	"pufa/web"
)

// console builds the staff console.
func (s *server) console(pages *web.Pages) (*console.Console, error) {
	cfg, err := s.consoleBase(pages)
	if err != nil {
		return nil, err
	}
	cfg.Campaigns = s.campaignPages()
	cfg.Posters = s.posterPages()
	cfg.Waiting = append(cfg.Waiting, cfg.Campaigns, console.WaitingContent{Content: cfg.Content, Now: s.now})
	s.ticketPages(&cfg)
	s.figuresPages(&cfg)
	return console.New(cfg)
}

// consoleBase is what every section stands on: signing in, accounts, settings.
func (s *server) consoleBase(pages *web.Pages) (console.Config, error) {
	secret, err := secretOf(s.settings)
	if err != nil {
		return console.Config{}, err
	}
	roles, err := codeRoles(s.settings.StaffCodes)
	if err != nil {
		return console.Config{}, err
	}
	office := staff.NewOffice(s.store, staff.NewHasher(), s.now)
	return console.Config{
		Office:    office,
		Accounts:  s.store,
		Door:      s.store,
		Key:       keyOf(secret, "console"),
		Sessions:  s.store.Sessions(),
		Pages:     pages,
		Street:    s.street,
		Secure:    strings.HasPrefix(s.settings.PublicURL, "https://"),
		CodeRoles: roles,
		Keeper:    office,
		Trail:     s.store,
		Invites:   s.store,
		Trials:    staff.NewTrials(s.store, s.now),
		Streets:   streets{s.store, s.now},
		Health:    healthPage{s},
		Model:     &modelDesk{server: s},
		Linking:   linking{s},
		Log:       s.log,
		Now:       s.now,
		Content:   s.contentPages(),
		Gaps:      s.gaps,
	}, nil
}

// keyOf is a key of the secret's own for one purpose.
func keyOf(secret []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("key for " + purpose))
	return mac.Sum(nil)
}

// codeRoles reads the roles that need one-time codes.
func codeRoles(texts []string) ([]staff.Role, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	roles, err := staff.ParseRoles(strings.Join(texts, ","))
	if err != nil {
		return nil, fmt.Errorf("PUFA_STAFF_CODES: %w", err)
	}
	return roles, nil
}
