module tenure.example/bench

go 1.19

require (
	github.com/go-zookeeper/zk v1.0.4
	tenure.example/tenure v0.0.0
)

replace tenure.example/tenure => ../../../bindings/go
