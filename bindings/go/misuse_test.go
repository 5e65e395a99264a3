package tenure_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// values has one value of each exported type that has exported methods, or a pointer where its methods need one. A
// handle is one that this package made.
func values(t *testing.T) map[string]any {
	client := tenuretest.New(t).Client("/app")
	contender, _, leadership := lead(t, client)
	return map[string]any{
		"Client": client, "Contender": contender, "Leadership": leadership,
		"Detector": must(client.Detector("")), "Group": must(client.Group("")),
		"BootTime": tenure.Now(), "URL": must(tenure.ParseURL("zk://host/app")),
		"Error": &tenure.Error{}, "ErrorKind": tenure.ErrClosed, "LostError": &tenure.LostError{},
		"LostReason": tenure.LostClosed, "ExpiredBy": tenure.ExpiredByServer, "ServerKind": tenure.ServerOther,
		"Policy":  tenure.PolicyStrict,
		"Reenrol": tenure.ReenrolNever, "LogLevel": tenure.LogInfo,
	}
}

// handles are the types that must be used by the pointer that the package gave.
var handles = map[string]bool{"Client": true, "Contender": true, "Leadership": true, "Detector": true, "Group": true}

// typesWithMethods reads the names of all exported types of the package that have exported methods.
func typesWithMethods(t *testing.T) map[string]bool {
	t.Helper()
	isCode := func(file fs.FileInfo) bool { return !strings.HasSuffix(file.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), ".", isCode, 0)
	if err != nil {
		t.Fatal(err)
	}
	its := map[string]bool{}
	for _, file := range packages["tenure"].Files {
		for _, declared := range file.Decls {
			method, ok := declared.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			receiver := method.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			if name, ok := receiver.(*ast.Ident); ok && name.IsExported() {
				its[name.Name] = true
			}
		}
	}
	return its
}

func TestTheTestKnowsAllTypesWithMethods(t *testing.T) {
	known, found := values(t), typesWithMethods(t)
	for name := range found {
		if known[name] == nil {
			t.Errorf("the type %s has methods, and no value here", name)
		}
	}
	for name := range known {
		if !found[name] {
			t.Errorf("the type %s has no methods", name)
		}
	}
}

var (
	contextType = reflect.TypeOf((*context.Context)(nil)).Elem()
	errorType   = reflect.TypeOf((*error)(nil)).Elem()
)

// call calls a method with zero arguments, and a given context. An error, a closed channel or a context is looked at:
// results are those that are wrong for a handle that is none.
func call(t *testing.T, method reflect.Value, ctx context.Context) (failed bool, results []reflect.Value, panicked any) {
	t.Helper()
	var arguments []reflect.Value
	its := method.Type()
	for at := 0; at < its.NumIn(); at++ {
		argument := reflect.Zero(its.In(at))
		if its.In(at) == contextType && ctx != nil {
			argument = reflect.ValueOf(ctx)
		}
		if its.IsVariadic() && at == its.NumIn()-1 {
			// One nil option.
			argument = reflect.MakeSlice(its.In(at), 1, 1)
		}
		arguments = append(arguments, argument)
	}
	defer func() { panicked = recover() }()
	if its.IsVariadic() {
		results = method.CallSlice(arguments)
	} else {
		results = method.Call(arguments)
	}
	for _, result := range results {
		if result.Type() == errorType && !result.IsNil() {
			failed = true
		}
	}
	return failed, results, nil
}

// hasContext says whether a method takes a context.
func hasContext(method reflect.Value) bool {
	for at := 0; at < method.Type().NumIn(); at++ {
		if method.Type().In(at) == contextType {
			return true
		}
	}
	return false
}

func returnsError(method reflect.Value) bool {
	for at := 0; at < method.Type().NumOut(); at++ {
		if method.Type().Out(at) == errorType {
			return true
		}
	}
	return false
}

// A handle that is nil, empty or a copy gives errors and zero values, and its channels are closed: every method of every
// handle, with and without a context.
func TestHandlesThatAreNone(t *testing.T) {
	for name, value := range values(t) {
		if !handles[name] {
			continue
		}
		its := reflect.ValueOf(value)
		none := map[string]reflect.Value{
			"nil":  reflect.Zero(its.Type()),
			"zero": reflect.New(its.Type().Elem()),
		}
		// The copying itself is a race with the goroutine of the client, and the race detector says so.
		if !underSanitizer {
			none["copy"] = reflect.New(its.Type().Elem())
			none["copy"].Elem().Set(its.Elem())
		}
		for which, none := range none {
			for at := 0; at < its.NumMethod(); at++ {
				method, label := none.Method(at), fmt.Sprintf("%s %s.%s", which, name, its.Type().Method(at).Name)
				for _, ctx := range []context.Context{nil, within(t)} {
					failed, results, panicked := call(t, method, ctx)
					if panicked != nil {
						t.Errorf("%s panics: %v", label, panicked)
					}
					if returnsError(method) && !failed {
						t.Errorf("%s succeeds", label)
					}
					for _, result := range results {
						if strings.HasSuffix(label, "String") {
							checkUnusable(t, label, result)
							continue
						}
						checkNothing(t, label, result)
					}
				}
			}
		}
	}
}

// checkUnusable checks the words that show a handle that is none.
func checkUnusable(t *testing.T, label string, words reflect.Value) {
	t.Helper()
	if !strings.HasSuffix(words.String(), " unusable>") {
		t.Errorf("%s gives %q", label, words)
	}
}

// checkNothing checks a result of a handle that is none.
func checkNothing(t *testing.T, label string, result reflect.Value) {
	t.Helper()
	switch its := result.Interface().(type) {
	case error:
	case context.Context:
		if !isDone(its.Done()) {
			t.Errorf("%s gives a context that lives", label)
		}
	default:
		if result.Kind() != reflect.Chan {
			if !result.IsZero() {
				t.Errorf("%s gives %v", label, its)
			}
			return
		}
		for count := 0; ; count++ {
			chosen, event, open := reflect.Select([]reflect.SelectCase{
				{Dir: reflect.SelectRecv, Chan: result},
				{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(time.After(limit))},
			})
			if chosen == 0 && !open {
				return
			}
			if chosen == 1 || count > 0 || !strings.HasSuffix(event.Elem().Type().Name(), "Failed") {
				t.Errorf("%s gives %v, and is not closed", label, event)
				return
			}
		}
	}
}

// Values of all other types have methods that give something for each value, also for one that no release knows.
func TestMethodsOfOddValues(t *testing.T) {
	for name, value := range values(t) {
		if handles[name] {
			continue
		}
		its := reflect.ValueOf(value)
		odd := []reflect.Value{reflect.Zero(its.Type())}
		switch its.Kind() {
		case reflect.Ptr:
			odd[0] = reflect.New(its.Type().Elem())
		case reflect.Int32:
			for _, number := range []int64{-1 << 31, -7, 99, 1<<31 - 1} {
				odd = append(odd, reflect.ValueOf(number).Convert(its.Type()))
			}
		case reflect.Uint64:
			odd = append(odd, reflect.ValueOf(^uint64(0)).Convert(its.Type()), reflect.ValueOf(uint64(1)<<63).Convert(its.Type()))
		}
		for _, value := range odd {
			for at := 0; at < value.NumMethod(); at++ {
				label := fmt.Sprintf("%s(%#v).%s", name, value, value.Type().Method(at).Name)
				if _, _, panicked := call(t, value.Method(at), nil); panicked != nil {
					t.Errorf("%s panics: %v", label, panicked)
				}
			}
		}
	}
}

// A nil context is an error wherever one is taken, for a handle that works.
func TestNilContexts(t *testing.T) {
	for name, value := range values(t) {
		its := reflect.ValueOf(value)
		for at := 0; at < its.NumMethod(); at++ {
			method, label := its.Method(at), name+"."+its.Type().Method(at).Name
			if !hasContext(method) {
				continue
			}
			failed, results, panicked := call(t, method, nil)
			if panicked != nil {
				t.Errorf("%s panics: %v", label, panicked)
			}
			if label == "Leadership.Context" {
				continue // stands for context.Background()
			}
			if returnsError(method) && !failed {
				t.Errorf("%s succeeds", label)
			}
			for _, result := range results {
				checkNothing(t, label, result)
			}
		}
	}
	//lint:ignore SA1012 on purpose
	err := tenure.Run(nil, values(t)["Client"].(*tenure.Client), nil, untilLost) //nolint:staticcheck
	wantKind(t, err, tenure.ErrInvalidArgument)
}

func TestNilOptions(t *testing.T) {
	server := tenuretest.New(t)
	_, err := tenure.Open(server.URL("/app"), nil)
	wantKind(t, err, tenure.ErrInvalidArgument)
	_, err = tenure.Open(server.URL("/app"), tenure.WithTick(time.Second), nil)
	wantKind(t, err, tenure.ErrInvalidArgument)
	client := server.Client("/app")
	_, err = client.Contender(tenure.WithLabel("x"), nil)
	wantKind(t, err, tenure.ErrInvalidArgument)
	wantKind(t, tenure.Run(within(t), client, []tenure.ContenderOption{nil}, untilLost), tenure.ErrInvalidArgument)
	wantKind(t, tenure.Run(within(t), client, nil, nil), tenure.ErrInvalidArgument)
	wantKind(t, tenure.Run(within(t), nil, nil, untilLost), tenure.ErrInvalidArgument)
	wantKind(t, tenure.Run(within(t), &tenure.Client{}, nil, untilLost), tenure.ErrInvalidArgument)
	if its := members(t, client); len(its) != 0 {
		t.Fatal("something was made:", its)
	}
}
