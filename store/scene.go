package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
	"pufa/stats"
)

// Scenes returns every scene that was ever made, by id.
func (s *Store) Scenes(ctx context.Context) ([]stats.Scene, error) {
	var list []stats.Scene
	err := s.do(ctx, "read scenes", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.scenes()).Result()
		list = nil
		for id, text := range all {
			scene, err := readScene(id, text)
			if err != nil {
				return err
			}
			list = append(list, scene)
		}
		return err
	})
	slices.SortFunc(list, func(a, b stats.Scene) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

// Scene returns the scene of an id, withdrawn or not, or stats.ErrNoScene.
func (s *Store) Scene(ctx context.Context, id string) (stats.Scene, error) {
	scene, _, err := s.scene(ctx, id)
	return scene, err
}

// scene is a scene and the text that is kept of it.
func (s *Store) scene(ctx context.Context, id string) (scene stats.Scene, text string, err error) {
	err = s.do(ctx, "read scene", func(ctx context.Context) (err error) {
		text, err = s.redis.HGet(ctx, s.keys.scenes(), id).Result()
		if errors.Is(err, redis.Nil) {
			text, err = "", nil
		}
		return err
	})
	switch {
	case err != nil:
		return scene, "", err
	case text == "":
		return scene, "", fmt.Errorf("%w: %s", stats.ErrNoScene, id)
	}
	scene, err = readScene(id, text)
	return scene, text, err
}

func readScene(id, text string) (scene stats.Scene, err error) {
	if err := json.Unmarshal([]byte(text), &scene); err != nil {
		return scene, mistakef("scene %s cannot be read: %v", id, err)
	}
	return scene, nil
}

// AddScene keeps a new scene with its step of the trail. An id that is or was
// taken is stats.ErrSceneTaken.
func (s *Store) AddScene(ctx context.Context, scene stats.Scene) error {
	done, err := s.putScene(ctx, scene, "", staff.Draft{At: scene.At, Who: scene.By, Did: "make scene", What: scene.ID, Note: scene.Place})
	if err == nil && !done {
		err = fmt.Errorf("%w: %s", stats.ErrSceneTaken, scene.ID)
	}
	return err
}

// WithdrawScene lets a scene count no more, with its step of the trail. One
// that is withdrawn stays so.
func (s *Store) WithdrawScene(ctx context.Context, who, id string, at time.Time) error {
	for range maxTrailTries {
		scene, text, err := s.scene(ctx, id)
		if err != nil || !scene.Withdrawn.IsZero() {
			return err
		}
		scene.Withdrawn = at
		done, err := s.putScene(ctx, scene, text, staff.Draft{At: at, Who: who, Did: "withdraw scene", What: id, Note: scene.Place})
		if err != nil || done {
			return err
		}
	}
	return fmt.Errorf("withdraw scene %s: %d others came between, try again", id, maxTrailTries)
}

// putScene keeps a scene over what was read of it; done is false when it is
// another by now.
func (s *Store) putScene(ctx context.Context, scene stats.Scene, was string, step staff.Draft) (done bool, err error) {
	text, err := json.Marshal(scene)
	if err != nil {
		return false, fmt.Errorf("keep scene %s: %w", scene.ID, err)
	}
	keys := []string{s.keys.trail(), s.keys.scenes()}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return sceneScript.Run(ctx, s.redis, keys, before, line, scene.ID, was, text).Int()
	})
	return reply == 1, err
}
