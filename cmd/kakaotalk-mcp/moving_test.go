package main

import (
	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

// What tests here still share with those that have moved.
const (
	toolToMe    = e2etest.ToolToMe
	toolSend    = e2etest.ToolSend
	toolSearch  = e2etest.ToolSearch
	oldRevision = e2etest.OldRevision
	newRevision = e2etest.NewRevision
)

var (
	toolCalls = e2etest.ToolCalls
	entries   = e2etest.Entries
)
