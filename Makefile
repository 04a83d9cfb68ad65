# The whole build. 'make help' lists the targets.
#
#   CC=clang                 another compiler
#   SAN=address,undefined    sanitizers; the programs stay in build/, out of bin/
#   WERROR=1                 a warning is an error
#   V=1                      show the whole commands
#   EDITING=edit             dpo-chat's lines are edited by libedit, by readline, or not (none)
#   TESTS='tests/cli/x.t'    what 'make test' runs (default: everything); PROVE_FLAGS=-v shows it all
#   FUZZ_SECONDS=30 FUZZ_SEED=1
#   PREFIX=/usr/local DESTDIR=
#
# Each pair of CC and SAN has its own folder below build/, so they never mix. A module
# (common/*/x.c), a tool (tools/dpo-x.c, with its parts in tools/dpo-x/; what else is in tools/ serves
# several), a unit test (tests/unit/test_x.c) and a fuzz target (tests/fuzz/x.c) are found by their
# place: nothing here names one.

ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= $(if $(SAN),-O1,-O3) -g
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
FUZZ_SECONDS ?= 30
FUZZ_SEED ?= 1
VERSION := $(shell cat VERSION)

MAKEFLAGS += --no-builtin-rules $(if $(filter clean,$(MAKECMDGOALS)),,-j$(JOBS))
.DELETE_ON_ERROR:
.SECONDARY:

comma := ,
config := $(notdir $(CC))$(addprefix -,$(subst $(comma),-,$(SAN)))
build := build/$(config)

# Flags. Sections and --as-needed let a tool load only the libraries it calls.
warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	$(if $(WERROR),-Werror)
language := -std=c11 -ffp-contract=off -fno-math-errno -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Icommon
hardening := -fstack-protector-strong $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
sanitizers := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Files named by an instruction set are compiled for it; lanes/cpu says at run time which may be run.
%_avx2.o: private isa := -mavx2 -mfma -mf16c
%_avx512.o: private isa := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mf16c -mprefer-vector-width=512
%_avx512bf16.o %_amx.o: private isa := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512bf16 -mavx2 -mfma -mf16c
compile = $(CC) $(language) $(isa) $(warnings) $(CFLAGS) $(hardening) $(sanitizers) -fPIE \
	-ffunction-sections -fdata-sections $(CPPFLAGS)
link = $(CC) $(CFLAGS) $(sanitizers) -pie -Wl,-z,relro,-z,now -Wl,--gc-sections \
	-Wl,--as-needed $(LDFLAGS)
# What dpo-chat edits lines with: without EDITING=... it is what is there.
EDITING ?= $(or $(if $(wildcard /usr/include/editline/readline.h),edit),$(if \
	$(wildcard /usr/include/readline/readline.h),readline),none)
editing := $(if $(filter edit,$(EDITING)),-DEDITING_LIBEDIT)
$(build)/obj/tools/dpo-chat/chat_editor.o: private language += $(editing)
libraries := -lcurl -ljansson -lsqlite3 $(addprefix -l,$(filter-out none,$(EDITING))) -lpthread -lm

# A recipe line begins with $(call does,VERB): the word and the target, or the command where V=1.
does = $(if $(V),,@printf '  %-8s%s\n' $(1) $@;)

# What there is.
machine := $(shell $(CC) -dumpmachine)
common := $(filter-out $(if $(filter x86_64%,$(machine)),,%_avx2.c %_avx512.c %_avx512bf16.c %_amx.c), \
	$(wildcard common/*/*.c))
tools := $(patsubst tools/%.c,%,$(wildcard tools/dpo-*.c))
without := $(if $(filter none,$(EDITING)),tools/dpo-chat/chat_editor.c,tools/dpo-chat/chat_editor_none.c)
tool_helpers := $(filter-out $(tools:%=tools/%.c) $(without),$(wildcard tools/*.c tools/*/*.c))
unit_tests := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
unit_helpers := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))
fuzz_targets := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
manuals := $(wildcard man/*.[1-8])
databases := $(if $(wildcard data/mortgage/debates.sql),build/data/debates.db)
c_files := $(wildcard common/*/*.[ch] tools/*.[ch] tools/*/*.[ch] pipelines/*.[ch] tests/*.[ch] tests/*/*.[ch] tests/cli/lib/*.[ch])
sh_files := $(wildcard scripts/*.sh tests/*.sh tests/*/*.sh tests/cli/bad/*.sh tests/run .ci/run pipelines/*.sh pipelines/slurm/*.sh)

# What is made from it.
objects = $(patsubst %.c,$(1)/obj/%.o,$(2))
library := $(build)/libcommon.a
tool_library := $(build)/libtools.a
programs := $(tools:%=$(build)/bin/%)
completions := $(tools:%=$(build)/completions/%)
unit_programs := $(unit_tests:%=$(build)/unit/%)
replay_programs := $(fuzz_targets:%=$(build)/replay/%)
cli_programs := $(addprefix $(build)/tests/cli/lib/,compare hub ollama terminal)
fuzz_programs := $(fuzz_targets:%=build/fuzz/bin/%)
pipeline_programs := $(patsubst %.c,$(build)/%,$(wildcard pipelines/*.c))
TESTS ?= $(wildcard tests/cli/*.t) $(unit_programs) $(replay_programs)

.PHONY: all
all: $(programs) ## build the programs into bin/ (the default)
	$(if $(SAN),,$(if $^,@mkdir -p bin && ln -f $^ bin/))

.PHONY: help
help: ## print this list
	@sed -n '/ ##/s/^\([a-z-]*\):.*## /    make \1\t/p' Makefile pipelines/*.mk | expand -t 28
	@sed -n '/^#   [A-Z]/s/^# //p' Makefile

# --- Compiling. $(build)/flags and members change only when the flags or the list of modules do.

$(build)/obj/%.o: %.c $(build)/flags | deps-build
	@mkdir -p $(@D)
	$(call does,CC)$(compile) -Itests -Itools -MMD -MP -c -o $@ $<

$(build)/flags: export text = $(compile) $(link) $(libraries)
$(build)/members: export text = $(common) $(tool_helpers)
$(build)/flags $(build)/members: always
	@mkdir -p $(@D)
	@printf '%s\n' "$$text" | cmp -s - $@ || printf '%s\n' "$$text" > $@

$(library): $(call objects,$(build),$(common))
$(tool_library): $(call objects,$(build),$(tool_helpers))
$(library) $(tool_library): $(build)/members
	$(call does,AR)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(build)/bin/%: $(build)/obj/tools/%.o $(tool_library) $(library)
	@mkdir -p $(@D)
	$(call does,LINK)$(link) -o $@ $^ $(libraries)

$(build)/unit/%: $(build)/obj/tests/unit/%.o $(call objects,$(build),$(unit_helpers)) $(library)
	@mkdir -p $(@D)
	$(call does,LINK)$(link) -o $@ $^ $(libraries)

$(build)/replay/%: $(build)/obj/tests/fuzz/%.o $(build)/obj/tests/fuzz/replay.o $(library)
	@mkdir -p $(@D)
	$(call does,LINK)$(link) -o $@ $^ $(libraries)

$(build)/pipelines/%: $(build)/obj/pipelines/%.o $(library)
	@mkdir -p $(@D)
	$(call does,LINK)$(link) -o $@ $^ $(libraries)

$(build)/tests/%: $(build)/obj/tests/%.o $(call objects,$(build),$(unit_helpers)) $(library)
	@mkdir -p $(@D)
	$(call does,LINK)$(link) -o $@ $(filter %.o,$^) $(library) $(libraries)

# Its functions stand before those that a step calls, and take the time.
timed := affine_forward affine_backward attention_forward attention_backward head_forward head_backward \
	lora_forward lora_backward norm_forward norm_backward swiglu_forward swiglu_backward \
	rope_forward rope_backward bias_forward embedding_forward gemm_narrow
$(build)/tests/bench/engine: $(build)/obj/tests/bench/parts.o
$(build)/tests/bench/engine: private LDFLAGS += $(timed:%=-Wl,--wrap=%)

# dpo-train itself, with clocks.
clocked := session_load session_plan session_prepare session_finish session_close reference_find \
	evaluator_run samples_run updater_run examples_add policy_forward policy_backward loss_compute \
	gradient_sum_begin gradient_sum_take gradients_norm adamw_step logbook_update logbook_evaluation \
	logbook_sync trainer_save
$(build)/tests/bench/train: $(call objects,$(build),tools/dpo-train.c $(tool_helpers))
$(build)/tests/bench/train: private LDFLAGS += $(clocked:%=-Wl,--wrap=%)

$(build)/completions/%: $(build)/bin/%
	@mkdir -p $(@D)
	$(call does,SHELL)$< --completion > $@

build/data/debates.db: data/mortgage/debates.sql | deps-data
	@mkdir -p $(@D) && rm -f $@.part
	$(call does,SQL)sqlite3 -bail $@.part < $< && mv $@.part $@

# --- Tests. Everything runs under one prove; tests/run knows how to start each kind. One more than there are
# processors, as some wait for servers and clocks.

.PHONY: tests test
tests: all $(unit_programs) $(replay_programs) $(cli_programs) $(pipeline_programs) $(databases) ## build what the tests run
test: export BIN = $(CURDIR)/$(build)/bin
test: export SRC = $(CURDIR)
test: export SAN := $(SAN)
test: all $(filter $(build)/%,$(TESTS)) $(cli_programs) $(pipeline_programs) $(databases) deps-test ## run all tests
	@PATH="$$BIN:$$PATH" prove -j$$(($(JOBS) + 1)) $(PROVE_FLAGS) --exec tests/run $(TESTS)

fuzz_flags := -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
build/fuzz/obj/%.o: %.c Makefile | deps-fuzz
	@mkdir -p $(@D)
	$(call does,FUZZ-CC)clang $(language) $(isa) $(fuzz_flags) -Itests -MMD -MP -c -o $@ $<

build/fuzz/bin/%: build/fuzz/obj/tests/fuzz/%.o $(call objects,build/fuzz,$(common))
	@mkdir -p $(@D)
	$(call does,LINK)clang $(fuzz_flags) -o $@ $^ $(libraries)

.PHONY: fuzz $(fuzz_targets:%=fuzz-%)
fuzz: $(fuzz_targets:%=fuzz-%) ## look for crashes in the parsers; fuzz-x runs one target
$(fuzz_targets:%=fuzz-%): fuzz-%: build/fuzz/bin/%
	@scripts/fuzz.sh $* $(FUZZ_SECONDS) $(FUZZ_SEED)

.PHONY: peers
peers_python := build/peers/bin/python
peers_need := scikit-learn tokenizers transformers jinja2 safetensors gguf numpy torch peft bitsandbytes \
	tensorboard trl accelerate datasets huggingface_hub playwright
PEERS_STRINGS ?= 4000
PEERS_MODEL ?= # a GGUF file that Ollama is to answer with, too
peer_programs := $(patsubst %.c,$(build)/%,$(wildcard tests/peers/*.c))
peers: export PATH := $(CURDIR)/bin:$(PATH)
peers: all $(peer_programs) $(cli_programs) $(pipeline_programs) ## compare with the libraries others use, installed into build/peers
	@[ "$$(cat build/peers/ready 2> /dev/null)" = "$(peers_need)" ] || { python3 -m venv build/peers && \
		build/peers/bin/pip -q install $(peers_need) && echo "$(peers_need)" > build/peers/ready; }
	$(peers_python) tests/peers/split.py 200
	$(peers_python) tests/golden/dtype/make.py --check
	$(peers_python) tests/peers/weights.py 100
	$(peers_python) tests/peers/tokens.py $(build)/tests/peers/tokens $(PEERS_STRINGS)
	$(peers_python) tests/peers/templates.py tests/golden/templates
	$(peers_python) tests/peers/templates.py build/peers/lib/python3*/site-packages/trl/chat_templates
	$(peers_python) tests/peers/pairs.py 300
	$(peers_python) tests/peers/adapter.py $(build)/tests/peers/adapter 1
	ATEN_CPU_CAPABILITY=avx2 $(peers_python) tests/peers/fold.py
	ATEN_CPU_CAPABILITY=avx2 $(peers_python) tests/peers/base.py $(build)/tests/peers/base 100
	$(peers_python) tests/peers/run_files.py $(build)/tests/peers/run_files 20
	$(peers_python) tests/peers/train.py $(build)/tests/peers/logits 10
	@[ -n "$$CHROMIUM" ] || [ -x /usr/bin/chromium ] || apt-get install -y -q chromium
	$(peers_python) tests/peers/report.py bin/dpo-report tests/golden/report build/peers/report
	@[ -d build/peers/node/node_modules/node-llama-cpp ] || npm install --silent --prefix build/peers/node \
		--omit=optional --ignore-scripts node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1
	node tests/peers/gguf_llama.mjs build/peers/node/node_modules $(build)/tests/peers/logits
	$(peers_python) tests/peers/pull.py $(build)/tests/cli/lib/hub
	command -v chromium > /dev/null || apt-get install -y -qq --no-install-recommends chromium
	node tests/peers/review.mjs $(build)/tests/peers/review
	$(peers_python) tests/peers/ollama.py build/peers/ollama $(build)/tests/peers/logits $(PEERS_MODEL)
	tests/peers/slurm.sh $(build)/pipelines/seed_model

.PHONY: bench-data bench-text
bench-data: all ## measure the data tools against their peers
	tests/bench/data.sh
bench-text: $(build)/tests/bench/tokens ## measure the tokenizer against its peers
	TOKENS=$< tests/bench/text.sh

.PHONY: bench-open
bench-open: $(build)/tests/bench/open ## measure how long models take to open
	$<

.PHONY: bench-engine
bench-engine: $(build)/pipelines/seed_model $(addprefix $(build)/tests/bench/,engine generate gemm) ## measure the engine against its peers
	BUILD=$(build) tests/bench/engine.sh
	GEMM=$(build)/tests/bench/gemm tests/bench/gemm.sh

.PHONY: bench-train
bench-train: $(build)/pipelines/seed_model $(addprefix $(build)/tests/bench/,train checkpoint) ## measure training against TRL
	BUILD=$(build) tests/bench/train.sh

.PHONY: bench-eval
bench-eval: all $(build)/pipelines/seed_model ## measure answers to a test set against transformers
	BUILD=$(build) tests/bench/eval.sh

.PHONY: bench-ship
bench-ship: all $(build)/pipelines/seed_model $(build)/tests/bench/pack ## measure folding, exporting and quantising against their peers
	BUILD=$(build) tests/bench/ship.sh

# --- Lint. Each check can be run alone.

lints := layers lengths silent words symbols help-man options-tested format tidy cppcheck shellcheck mandoc
.PHONY: lint $(lints:%=lint-%) check-format format
lint: $(lints:%=lint-%) ## check layers, lengths, layout, manuals, shell and C
$(lints:%=lint-%): | deps-lint

lint-layers lint-lengths lint-silent lint-words: lint-%:
	@tests/lint/$*.sh .
lint-symbols: $(library)
	@tests/lint/symbols.sh $(library) jansson sqlite3
lint-help-man lint-options-tested: lint-%: $(programs)
	@BIN=$(build)/bin tests/lint/$(subst -,_,$*).sh .
lint-format check-format:
	@clang-format --dry-run -Werror $(c_files)
# The analyzer follows paths far in what is shipped (clang's own measure is 225000) and looks once through
# tests, which run under the sanitizers.
NODES ?= 50000
tidied := $(filter-out $(without),$(filter %.c,$(c_files)))
lint-tidy: lint-tidy-product lint-tidy-tests
lint-tidy-product: private files = $(filter-out tests/%,$(tidied))
lint-tidy-product: private analyzer = max-nodes=$(NODES)
lint-tidy-tests: private files = $(filter tests/%,$(tidied))
lint-tidy-tests: private analyzer = mode=shallow
lint-tidy-product lint-tidy-tests: | deps-lint
	@printf '%s\n' $(files) | xargs -P$(JOBS) -n4 sh -c 'clang-tidy --quiet "$$@" -- $$FLAGS 2>/dev/null' tidy
lint-tidy-%: export FLAGS = -std=c11 -D_GNU_SOURCE -DVERSION="0" -Icommon -Itests -Itools $(editing) \
	-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512bf16 -mavx2 -mfma -mf16c \
	-Xclang -analyzer-config -Xclang $(analyzer)
lint-cppcheck:
	@cppcheck --quiet --std=c11 -D_GNU_SOURCE -D__x86_64__ -Icommon -Itools --inline-suppr \
		--enable=warning,performance,portability,unusedFunction --error-exitcode=1 \
		--suppressions-list=tests/lint/cppcheck.txt common tools
lint-shellcheck:
	@shellcheck -e SC1003,SC1091,SC2016 $(sh_files)
	@shellcheck -e SC1003,SC1091,SC2016 -s sh $(wildcard tests/cli/*.t)
lint-mandoc:
	@$(if $(manuals),mandoc -T lint -W warning $(manuals))
format: | deps-lint ## lay out all C files by clang-format
	clang-format -i $(c_files)

# --- Packages. Free of charge where nothing is missing.

.PHONY: deps deps-build deps-data deps-test deps-lint deps-fuzz
deps: ## install what building and testing need (Debian, Ubuntu)
	@scripts/deps.sh build data test lint fuzz
deps-build:
	@scripts/deps.sh build $(if $(findstring clang,$(CC)),clang)
deps-data: | deps-build
	@scripts/deps.sh data
deps-test: | deps-data
	@scripts/deps.sh test
deps-lint: | deps-build
	@scripts/deps.sh lint
deps-fuzz: | deps-build
	@scripts/deps.sh fuzz

# --- The recipe from pairs to model, as far as the tools go.

.PHONY: pipeline
pipeline: all $(databases) ## run the mortgage recipe into work/
include pipelines/recipe.mk $(filter-out pipelines/recipe.mk,$(wildcard pipelines/*.mk))

# --- Installing.

share = $(DESTDIR)$(PREFIX)/share
.PHONY: install uninstall
install: all $(completions) ## install under PREFIX (below DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(share)/bash-completion/completions
	install -m 755 $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(completions) $(share)/bash-completion/completions
	for page in $(manuals); do \
		install -D -m 644 $$page $(share)/man/man$${page##*.}/$${page##*/} || exit 1; \
	done

uninstall: ## remove what install put there
	rm -f $(tools:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(tools:%=$(share)/bash-completion/completions/%)
	rm -f $(foreach page,$(notdir $(manuals)),$(share)/man/man$(subst .,,$(suffix $(page)))/$(page))

.PHONY: dist clean always
dist: ## make dpo-tools-VERSION.tar.gz of the last commit
	git archive --prefix=dpo-tools-$(VERSION)/ -o dpo-tools-$(VERSION).tar.gz HEAD

clean: ## remove what the build made; make pipeline-clean removes the recipe's files
	rm -rf build bin

-include $(patsubst %.c,$(build)/obj/%.d,$(common) $(wildcard tools/*.c tools/*/*.c pipelines/*.c tests/unit/*.c tests/fuzz/*.c tests/bench/*.c))
-include $(patsubst %.c,build/fuzz/obj/%.d,$(common) $(wildcard tests/fuzz/*.c))
