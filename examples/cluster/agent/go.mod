module tenure.example/cluster/agent

go 1.19

require tenure.example/tenure v0.0.0

// The package of this repository. Elsewhere the line above names the release to use.
replace tenure.example/tenure => ../../../bindings/go
