module pufa

go 1.26.0
