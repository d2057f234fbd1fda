package demotest

import (
	"reflect"

	"okite/internal/asset"
	"okite/internal/audit"
	"okite/internal/card"
	"okite/internal/contractor"
	"okite/internal/notice"
	"okite/internal/org"
	"okite/internal/policy"
	"okite/internal/selfcheck"
	"okite/internal/training"
	"okite/internal/transfer"
	"okite/internal/yearplan"
)

// types are the structs of the registers, as joins read them.
var types = map[string]reflect.Type{
	"city": of[org.City](), "organ": of[org.Organ](), "unit": of[org.Unit](), "hrunit": of[org.HRUnit](), "person": of[org.Person](),
	"post": of[org.Post](), "assignment": of[org.Assignment](), "delegation": of[org.Delegation](), "action": of[org.Action](), "power": of[org.Power](),
	"approval": of[org.Approval](), "committee": of[org.Committee](), "meeting": of[org.Meeting](), "csirt": of[org.CSIRT](), "task": of[org.Task](),
	"contact": of[org.Contact](), "calltest": of[org.CallTest](), "agendaitem": of[org.AgendaItem](), "advisory": of[org.Advisory](),
	"version": of[policy.Version](), "clause": of[policy.Clause](), "adoption": of[policy.Adoption](), "ack": of[policy.Ack](),
	"procedure": of[policy.Procedure](), "requirement": of[policy.Requirement](), "parameter": of[policy.Parameter](), "exception": of[policy.Exception](),
	"asset": of[asset.Asset](), "system": of[asset.System](), "network": of[asset.Network](), "device": of[asset.Device](), "flow": of[asset.Flow](),
	"store": of[asset.Store](), "control": of[asset.Control](), "disposal": of[asset.Disposal](), "stocktake": of[asset.Stocktake](),
	"classchange": of[asset.ClassChange](), "downgrade": of[asset.Downgrade](), "scheme": of[asset.Scheme](), "mapping": of[asset.Mapping](),
	"contractor": of[contractor.Contractor](), "contract": of[contractor.Contract](), "notice": of[notice.Notice](), "receipt": of[notice.Receipt](), "pledge": of[notice.Pledge](), "guide": of[notice.Guide](),
	"card": of[card.Card](), "userid": of[card.Account](), "place": of[card.Place](), "cardcheck": of[card.Count](), "authevent": of[card.Event](),
	"audit": of[audit.Audit](), "transfer": of[audit.Transfer](),
	"trainingplan": of[training.Plan](), "course": of[training.Course](), "session": of[training.Session](), "lesson": of[training.Lesson](),
	"question": of[training.Question](), "completion": of[training.Completion](), "maildrill": of[training.Drill](), "drillresult": of[training.Result](),
	"checksheet": of[selfcheck.Sheet](), "checkitem": of[selfcheck.Item](), "campaign": of[selfcheck.Campaign](), "response": of[selfcheck.Response](), "confirmation": of[selfcheck.Confirmation](),
	"planitem": of[yearplan.Item](),
	"hrperson": of[transfer.HRPerson](), "hrmapping": of[transfer.Mapping](), "handover": of[transfer.Handover](), "leavecheck": of[transfer.LeaveCheck](),
	"moveset": of[org.MoveSet](), "move": of[org.Move](),
}

func of[T any]() reflect.Type { return reflect.TypeFor[T]() }
