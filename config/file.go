package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// fileLine is one setting of the file, its value as it was written: a
// telephone number that begins with 0 stays what it is.
type fileLine struct {
	key, text string
	at        string // pufa.yaml:3
}

// readYAML reads a flat mapping of names to plain values or lists of them. It
// returns the lines it could read beside an error that names all others.
func readYAML(name string, data []byte) ([]fileLine, error) {
	// A first, strict decoding finds what the syntax tree tolerates: a key
	// written twice, a second document.
	var whole map[string]any
	if err := yaml.UnmarshalWithOptions(data, &whole, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", name, firstLine(yaml.FormatError(err, false, false)))
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, firstLine(yaml.FormatError(err, false, false)))
	}
	var lines []fileLine
	var problems []error
	for _, node := range mapping(tree) {
		at := fmt.Sprintf("%s:%d", name, node.Key.GetToken().Position.Line)
		text, err := plain(node.Value)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s: %w", at, node.Key.String(), err))
			continue
		}
		lines = append(lines, fileLine{node.Key.GetToken().Value, text, at})
	}
	return lines, errors.Join(problems...)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func mapping(tree *ast.File) []*ast.MappingValueNode {
	for _, doc := range tree.Docs {
		switch body := doc.Body.(type) {
		case *ast.MappingNode:
			return body.Values
		case *ast.MappingValueNode:
			return []*ast.MappingValueNode{body}
		}
	}
	return nil
}

var errNotPlain = errors.New("write a plain value, or a list of plain values, beside the name")

func plain(node ast.Node) (string, error) {
	switch n := node.(type) {
	case *ast.NullNode:
		return "", nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.SequenceNode:
		texts := make([]string, len(n.Values))
		for i, v := range n.Values {
			text, err := plain(v)
			if err != nil {
				return "", err
			}
			texts[i] = text
		}
		return strings.Join(texts, ","), nil
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, nil
	}
	return "", errNotPlain
}
